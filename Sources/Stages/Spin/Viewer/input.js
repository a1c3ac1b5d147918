// Pointers, wheel, keys and buttons.
const pointers = new Map();
let holding = false, trail = [], pinch = null, lastTap = { time: 0, x: 0, y: 0 };
// The near side of the car follows the pointer: over its left side first, the next frame's near side moves left.
const sense = spin.direction === "right" ? 1 : -1;
const framesPerPixel = () => sense * count / (stage.clientWidth * 1.15);

function spread() {
  const [a, b] = [...pointers.values()];
  return { size: Math.hypot(a.x - b.x, a.y - b.y), x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

stage.addEventListener("pointerdown", event => {
  if (event.pointerType === "mouse" && event.button !== 0) return;
  touched();
  try { stage.setPointerCapture(event.pointerId); } catch { /* a pointer that is already gone */ }
  const [x, y] = fromCentre(event);
  pointers.set(event.pointerId, { x, y, moved: 0 });
  [speed, target, trail] = [0, null, [[event.timeStamp, place]]];
  holding = true;
  stage.classList.add("held");
  pinch = pointers.size === 2 ? spread() : null;
});

stage.addEventListener("pointermove", event => {
  const point = pointers.get(event.pointerId);
  if (!point) return;
  const [x, y] = fromCentre(event), [dx, dy] = [x - point.x, y - point.y];
  Object.assign(point, { x, y, moved: point.moved + Math.hypot(dx, dy) });
  if (pointers.size >= 2 && pinch) {
    const next = spread();
    view.x += next.x - pinch.x;
    view.y += next.y - pinch.y;
    zoomTo(view.zoom * next.size / Math.max(1, pinch.size), next.x, next.y);
    pinch = next;
  } else if (view.zoom > 1.01 && !event.shiftKey) {
    view.x += dx;
    view.y += dy;
    settleView();
  } else if (count > 1) {
    place += dx * framesPerPixel();
    trail = [...trail.filter(([time]) => event.timeStamp - time < 110), [event.timeStamp, place]];
    announce();
  }
});

function release(event) {
  const point = pointers.get(event.pointerId);
  if (!point) return;
  pointers.delete(event.pointerId);
  pinch = pointers.size === 2 ? spread() : null;
  if (pointers.size > 0) { trail = []; return; }
  holding = false;
  stage.classList.remove("held");
  const recent = trail.filter(([time]) => event.timeStamp - time < 110);
  const [first, end] = [recent[0], recent[recent.length - 1]];
  const most = count * 1.6;
  if (!calm.matches && first && end[0] - first[0] > 8) speed = Math.min(most, Math.max(-most, (end[1] - first[1]) / (end[0] - first[0]) * 1000));
  if (point.moved < 6 && event.type === "pointerup") tap(event, point);
  run();
}
for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) stage.addEventListener(name, release);

function tap(event, { x, y }) {
  const second = event.timeStamp - lastTap.time < 350 && Math.hypot(x - lastTap.x, y - lastTap.y) < 32;
  lastTap = second ? { time: 0, x: 0, y: 0 } : { time: event.timeStamp, x, y };
  if (second) view.zoom > 1.01 ? resetView() : zoomTo(2.5, x, y);
}

stage.addEventListener("wheel", event => {
  event.preventDefault();
  touched();
  const lines = event.deltaMode === 1 ? 18 : event.deltaMode === 2 ? 400 : 1;
  zoomTo(view.zoom * Math.exp(-event.deltaY * lines * (event.ctrlKey ? .01 : .0016)), ...fromCentre(event));
}, { passive: false });

const keys = {
  ArrowRight: () => turnBy(1), ArrowUp: () => turnBy(1), ArrowLeft: () => turnBy(-1), ArrowDown: () => turnBy(-1),
  PageUp: () => turnBy(Math.max(1, Math.round(count / 4))), PageDown: () => turnBy(-Math.max(1, Math.round(count / 4))),
  Home: () => turnTo(0), End: () => turnTo(count - 1),
  "+": () => zoomTo(view.zoom * 1.35), "=": () => zoomTo(view.zoom * 1.35), "-": () => zoomTo(view.zoom / 1.35), "0": resetView,
};
const pans = { ArrowRight: [-60, 0], ArrowLeft: [60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };

document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const onButton = event.target.closest && event.target.closest("button");
  if (event.key === " " && !onButton) { event.preventDefault(); root.classList.add("touched"); return play(!playing); }
  if (event.key === "f") return fullscreen();
  if (!Object.hasOwn(keys, event.key)) return;
  event.preventDefault();
  touched();
  if (event.shiftKey && pans[event.key] && view.zoom > 1.01) { view.x += pans[event.key][0]; view.y += pans[event.key][1]; return settleView(); }
  keys[event.key]();
});

function fullscreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else if (root.requestFullscreen) root.requestFullscreen().catch(() => {});
}

const ticks = document.getElementById("ticks");
const pickTick = event => {
  const box = ticks.getBoundingClientRect();
  const index = Math.floor((event.clientX - box.left - 6) / Math.max(1, box.width - 12) * count);
  touched();
  turnTo(Math.min(count - 1, Math.max(0, index)));
};
ticks.addEventListener("pointerdown", event => { ticks.setPointerCapture(event.pointerId); pickTick(event); });
ticks.addEventListener("pointermove", event => { if (ticks.hasPointerCapture(event.pointerId)) pickTick(event); });
