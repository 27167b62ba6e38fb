// Says the value of each slider beside it while it is moved.
"use strict";

for (const slider of document.querySelectorAll("[data-sliders] input[type=range]")) {
  slider.addEventListener("input", () => { slider.closest("label").querySelector("output").value = slider.value; });
}
