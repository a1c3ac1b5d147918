// Zoom and pan of the canvas. x and y are the picture's centre from the stage's centre, in CSS pixels.
const root = document.getElementById("viewer"), stage = document.getElementById("stage"), canvas = document.getElementById("canvas");
const paper = canvas.getContext("2d", { alpha: false });
const view = { zoom: 1, x: 0, y: 0 };
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const fadeTime = count < 16 ? 80 : 0;
let waiting = false, drawn = -1, fading = null;

const fitScale = () => Math.min(stage.clientWidth / spin.width, stage.clientHeight / spin.height);

/// As far as three pixels of the screen for one of the picture.
const largest = () => Math.min(8, Math.max(2.5, 3 / (fitScale() * Math.min(3, devicePixelRatio || 1))));

function settleView() {
  view.zoom = Math.min(largest(), Math.max(1, view.zoom));
  const size = fitScale() * view.zoom;
  const slackX = Math.max(0, (spin.width * size - stage.clientWidth) / 2), slackY = Math.max(0, (spin.height * size - stage.clientHeight) / 2);
  view.x = Math.min(slackX, Math.max(-slackX, view.x));
  view.y = Math.min(slackY, Math.max(-slackY, view.y));
  stage.classList.toggle("zoomed", view.zoom > 1.01);
  document.getElementById("zoom").textContent = `${view.zoom < 1.05 ? 1 : view.zoom.toFixed(1)}×`;
  document.getElementById("out").disabled = view.zoom <= 1;
  document.getElementById("in").disabled = view.zoom >= largest() - .001;
  redraw();
}

/// Keeps what lies under the point (stage pixels from its centre) where it is.
function zoomTo(zoom, px = 0, py = 0) {
  const next = Math.min(largest(), Math.max(1, zoom)), ratio = next / view.zoom;
  view.x = px - (px - view.x) * ratio;
  view.y = py - (py - view.y) * ratio;
  view.zoom = next;
  settleView();
}

function resetView() { view.zoom = 1; view.x = view.y = 0; settleView(); }

const fromCentre = event => {
  const box = stage.getBoundingClientRect();
  return [event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2];
};

function paint(index, opacity) {
  const source = sourceOf(index);
  if (!source) return false;
  const ratio = canvas.width / Math.max(1, stage.clientWidth), size = fitScale() * view.zoom;
  const w = spin.width * size, h = spin.height * size;
  paper.globalAlpha = opacity;
  paper.imageSmoothingQuality = "high";
  paper.drawImage(source.image, source.x, source.y, source.w, source.h,
    (stage.clientWidth / 2 + view.x - w / 2) * ratio, (stage.clientHeight / 2 + view.y - h / 2) * ratio, w * ratio, h * ratio);
  return true;
}

function draw(now) {
  waiting = false;
  const ratio = Math.min(3, devicePixelRatio || 1), w = Math.round(stage.clientWidth * ratio), h = Math.round(stage.clientHeight * ratio);
  if (canvas.width !== w || canvas.height !== h) { canvas.width = w; canvas.height = h; }
  const index = shown();
  if (index !== drawn) {
    if (drawn >= 0 && fadeTime && !calm.matches) fading = { from: drawn, since: now };
    drawn = index;
  }
  const left = fading ? 1 - (now - fading.since) / fadeTime : 0;
  if (left <= 0) fading = null;
  paper.globalAlpha = 1;
  paper.fillStyle = getComputedStyle(stage).backgroundColor;
  paper.fillRect(0, 0, canvas.width, canvas.height);
  const painted = paint(index, 1);
  if (painted && fading) { paint(fading.from, left); redraw(); }
  root.dataset.painted = painted ? (bitmaps.has(index) ? "sharp" : "preview") : "nothing";
}

function redraw() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(draw);
}
