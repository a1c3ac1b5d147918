// What the page says, in the reader's language.
const german = (navigator.language || "en").toLowerCase().startsWith("de");
document.documentElement.lang = german ? "de" : "en";
const words = german ? {
  viewer: "360-Grad-Ansicht", degrees: a => `${a} Grad`, hint: "Ziehen zum Drehen · Scrollen zum Zoomen", touchHint: "Wischen zum Drehen · Zwei Finger zum Zoomen",
  play: "Automatisch drehen", out: "Verkleinern", in: "Vergrößern", reset: "Ansicht zurücksetzen", full: "Vollbild", bar: "Steuerung",
  views: { "front": "Vorn", "front-left": "Vorn links", "left": "Linke Seite", "rear-left": "Hinten links", "rear": "Hinten", "rear-right": "Hinten rechts", "right": "Rechte Seite", "front-right": "Vorn rechts" },
} : {
  viewer: "360-degree view", degrees: a => `${a} degrees`, hint: "Drag to turn · Scroll to zoom", touchHint: "Swipe to turn · Pinch to zoom",
  play: "Turn automatically", out: "Zoom out", in: "Zoom in", reset: "Reset the view", full: "Full screen", bar: "Controls",
  views: { "front": "Front", "front-left": "Front left", "left": "Left side", "rear-left": "Rear left", "rear": "Rear", "rear-right": "Rear right", "right": "Right side", "front-right": "Front right" },
};
const spoken = frame => [words.views[frame.view], words.degrees(Math.round(frame.azimuth))].filter(Boolean).join(", ");
