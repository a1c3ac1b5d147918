// The pictures: bytes come in with the page, the nearest are decoded first, and only some stay decoded.
const spin = JSON.parse(document.getElementById("spin").textContent);
const count = spin.frames.length;
const blobs = new Array(count).fill(null), bitmaps = new Map(), taken = new Set();
const room = Math.max(8, Math.floor((navigator.deviceMemory && navigator.deviceMemory < 4 ? 64 : 192) * 1048576 / (spin.width * spin.height * 4)));
let sprite = null, decoding = 0, arrived = 0;

function blobOf(element) {
  const text = atob(element.textContent.trim()), bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  const blob = new Blob([bytes], { type: element.dataset.type });
  element.remove();
  return blob;
}

const ring = (a, b) => Math.min((a - b + count) % count, (b - a + count) % count);

function trim(near) {
  while (bitmaps.size > room) {
    const far = [...bitmaps.keys()].reduce((a, b) => ring(a, near) >= ring(b, near) ? a : b);
    bitmaps.get(far).close();
    bitmaps.delete(far);
  }
}

function decodeNext() {
  const near = shown();
  let best = -1;
  for (let i = 0; i < count; i++)
    if (blobs[i] && !bitmaps.has(i) && !taken.has(i) && (best < 0 || ring(i, near) < ring(best, near))) best = i;
  if (best < 0 || decoding > 1 || (bitmaps.size >= room && ring(best, near) * 2 >= room)) return;
  decoding++;
  taken.add(best);
  createImageBitmap(blobs[best]).then(bitmap => { taken.delete(best); bitmaps.set(best, bitmap); trim(shown()); }, () => {})
    .then(() => { decoding--; redraw(); decodeNext(); });
}

function collect() {
  const preview = document.getElementById("sprite");
  if (preview) createImageBitmap(blobOf(preview)).then(bitmap => { sprite = bitmap; redraw(); }, () => {});
  // The last one may still be coming in: it is complete when something follows it, or when the page is.
  for (const element of document.querySelectorAll("script[data-frame]")) {
    if (document.readyState === "loading" && !element.nextSibling) continue;
    const index = Number(element.dataset.frame);
    blobs[index] = blobOf(element);
    arrived++;
  }
  if (arrived > 0) decodeNext();
  showProgress();
  redraw();
}

const sourceOf = index => {
  if (bitmaps.has(index)) return { image: bitmaps.get(index), x: 0, y: 0, w: spin.width, h: spin.height };
  const s = spin.sprite;
  return sprite && s ? { image: sprite, x: index % s.columns * s.cellWidth, y: Math.floor(index / s.columns) * s.cellHeight, w: s.cellWidth, h: s.cellHeight } : null;
};
