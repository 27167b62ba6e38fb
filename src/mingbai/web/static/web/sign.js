// A box to sign in. What is sent are the points of the pen, in units of the box; the server judges them.
"use strict";

const WIDTH = 900, HEIGHT = 300, MOST = 5500, LEAST_STEP = 2;
const form = document.querySelector("[data-sign]");
const pad = form.querySelector("canvas");
const said = form.querySelector("#drawn");
let strokes = [], stroke = null, began = 0, count = 0;

function fit() {
  // As many pixels as the screen has; what was drawn is drawn again.
  const scale = (pad.clientWidth * (window.devicePixelRatio || 1)) / WIDTH;
  pad.width = Math.round(WIDTH * scale);
  pad.height = Math.round(HEIGHT * scale);
  const pen = pad.getContext("2d");
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.lineWidth = 4;
  pen.lineCap = pen.lineJoin = "round";
  pen.strokeStyle = pen.fillStyle = "#111";
  for (const one of strokes) one.forEach((point, i) => mark(one[i - 1], point));
}

function mark(from, to) {
  const pen = pad.getContext("2d");
  pen.beginPath();
  if (from) { pen.moveTo(from[0], from[1]); pen.lineTo(to[0], to[1]); pen.stroke(); }
  else { pen.arc(to[0], to[1], 2, 0, 2 * Math.PI); pen.fill(); }
}

function place(event) {
  const box = pad.getBoundingClientRect();
  const within = (value, most) => Math.min(most, Math.max(0, Math.round(value)));
  const at = event.timeStamp || performance.now();
  if (!count) began = at;
  const last = stroke?.at(-1) ?? strokes.at(-1)?.at(-1);
  return [
    within(((event.clientX - box.left) / box.width) * WIDTH, WIDTH),
    within(((event.clientY - box.top) / box.height) * HEIGHT, HEIGHT),
    Math.max(last ? last[2] : 0, within(at - began, 3600000)),
  ];
}

function add(event) {
  const point = place(event), last = stroke.at(-1);
  if (count >= MOST || (last && Math.hypot(point[0] - last[0], point[1] - last[1]) < LEAST_STEP)) return;
  stroke.push(point);
  count += 1;
  mark(last, point);
}

pad.addEventListener("pointerdown", (event) => {
  if (!event.isPrimary || event.button > 0) return;
  event.preventDefault();
  pad.setPointerCapture(event.pointerId);
  stroke = [];
  strokes.push(stroke);
  add(event);
});
pad.addEventListener("pointermove", (event) => {
  if (!stroke || !event.isPrimary) return;
  const all = event.getCoalescedEvents?.() ?? [];
  for (const one of all.length ? all : [event]) add(one);
});
for (const end of ["pointerup", "pointercancel"]) {
  pad.addEventListener(end, () => {
    if (!stroke) return;
    stroke = null;
    said.textContent = form.dataset.drawn;
  });
}

form.querySelector("[data-clear]").addEventListener("click", () => {
  strokes = [];
  stroke = null;
  count = 0;
  said.textContent = form.dataset.empty;
  fit();
});
form.addEventListener("submit", (event) => {
  form.elements.drawing.value = JSON.stringify(strokes.filter((one) => one.length));
  if (count) return;
  event.preventDefault();
  said.textContent = form.dataset.empty;
  said.classList.add("wrong");
  pad.scrollIntoView({ block: "center" });
});
new ResizeObserver(fit).observe(pad);
fit();
