// Everything is there: label it, listen, and show the first frame.
const by = id => document.getElementById(id);

function showProgress() {
  root.querySelector(".progress i").style.transform = `scaleX(${arrived / count})`;
  const all = arrived >= count;
  root.classList.toggle("loaded", all);
  stage.setAttribute("aria-busy", !all);
}

stage.setAttribute("aria-label", words.viewer);
stage.setAttribute("aria-valuemax", count - 1);
by("bar").setAttribute("aria-label", words.bar);
for (const id of ["play", "out", "in", "reset", "full"]) { by(id).setAttribute("aria-label", words[id]); by(id).title = words[id]; }
by("hint").textContent = matchMedia("(pointer: coarse)").matches ? words.touchHint : words.hint;
root.classList.toggle("single", count === 1);
ticks.replaceChildren(...spin.frames.map(frame => {
  const tick = document.createElement("i");
  tick.classList.toggle("major", Math.abs(frame.azimuth % 90) < 1);
  return tick;
}));

by("play").addEventListener("click", () => { root.classList.add("touched"); play(!playing); });
by("out").addEventListener("click", () => { touched(); zoomTo(view.zoom / 1.5); });
by("in").addEventListener("click", () => { touched(); zoomTo(view.zoom * 1.5); });
by("reset").addEventListener("click", () => { touched(); resetView(); });
by("full").addEventListener("click", fullscreen);
by("full").disabled = !document.fullscreenEnabled;
document.addEventListener("fullscreenchange", () => { by("full").setAttribute("aria-pressed", document.fullscreenElement === root); settleView(); });
document.addEventListener("visibilitychange", () => { if (document.hidden && playing) play(false); });
calm.addEventListener("change", () => { if (calm.matches) play(false); });
new ResizeObserver(settleView).observe(stage);

window.rundumViewer = Object.freeze({
  get index() { return shown(); }, get place() { return place; }, get zoom() { return view.zoom; }, get pan() { return [view.x, view.y]; },
  get loaded() { return arrived; }, get count() { return count; }, get playing() { return playing; }, get resting() { return !ticking && !holding; },
  get painted() { return root.dataset.painted; }, get decoded() { return bitmaps.size; },
});

settleView();
announce();
collect();
if (document.readyState === "loading") {
  const incoming = new MutationObserver(collect);
  incoming.observe(document.body, { childList: true });
  document.addEventListener("DOMContentLoaded", () => { incoming.disconnect(); collect(); });
}
if (!calm.matches) play(true);
