// Turning: `place` runs in frames and may lie between two; at rest it is whole. Speed is in frames a second.
let place = spin.start, speed = 0, target = null, playing = false, last = 0, ticking = false;

const shown = () => ((Math.round(place) % count) + count) % count;

function head(goal) { speed = 0; target = goal; run(); }
function turnBy(steps) { if (count > 1) head(Math.round(target === null ? place : target) + steps); }
/// The short way round.
function turnTo(index) { head(index + count * Math.round((place - index) / count)); }

function announce() {
  const index = shown(), frame = spin.frames[index];
  if (Number(stage.getAttribute("aria-valuenow")) !== index || !stage.hasAttribute("aria-valuetext")) {
    stage.setAttribute("aria-valuenow", index);
    stage.setAttribute("aria-valuetext", spoken(frame));
    const name = document.createElement("b");
    name.textContent = words.views[frame.view] || "";
    document.getElementById("label").replaceChildren(name, ` ${Math.round(frame.azimuth)}°`);
    for (const [i, tick] of [...document.getElementById("ticks").children].entries()) tick.classList.toggle("here", i === index);
  }
  decodeNext();
  redraw();
}

function step(now) {
  const dt = Math.min(.05, Math.max(0, (now - last) / 1000));
  last = now;
  if (holding) { ticking = false; return; }
  if (playing) {
    place += dt * count / (count < 16 ? count * .95 : 11);
  } else if (target !== null) {
    const gap = target - place;
    place = Math.abs(gap) < .02 || calm.matches ? target : place + gap * (1 - Math.exp(-dt * 14));
    if (place === target) target = null;
  } else if (Math.abs(speed) > count * .04) {
    place += speed * dt;
    speed *= Math.exp(-dt / .42);
  } else if (place !== Math.round(place)) {
    target = Math.round(place);
  }
  announce();
  if (playing || target !== null || Math.abs(speed) > count * .04 || place !== Math.round(place)) requestAnimationFrame(step);
  else { speed = 0; place = shown(); ticking = false; }
}

function run() {
  if (ticking) return;
  ticking = true;
  last = performance.now();
  requestAnimationFrame(step);
}

function play(on) {
  playing = on && count > 1;
  document.getElementById("play").setAttribute("aria-pressed", playing);
  if (playing) { target = null; speed = 0; }
  run();
}

/// Any wish of the reader's own ends the show.
function touched() {
  root.classList.add("touched");
  if (playing) play(false);
}
