// Draws charts in the verdicts' own colours, with their values on the marks. The table behind stands in the page.
"use strict";

const shades = () => {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  return { pass: colour("fill-pass"), label: colour("fill-label"), refuse: colour("fill-refuse"), teal: colour("fill-teal"), quiet: colour("fill-quiet"), onFill: colour("on-fill"), onLabel: colour("on-fill-label"), ink: colour("ink"), soft: colour("ink-soft"), line: colour("line"), sheet: colour("sheet"), font: colour("sans") };
};

// How far labels below the bars are turned so that all of them fit side by side.
function turned(labels, width) {
  const wide = Math.max(...labels.map((label) => [...label].reduce((sum, char) => sum + (char > "\u2e7f" ? 12 : 7), 10)));
  return wide * labels.length > width ? 40 : 0;
}

function option(data, width) {
  const look = shades();
  const across = data.direction === "across";
  const total = data.labels.map((_, i) => data.series.reduce((sum, one) => sum + one.values[i], 0));
  const few = data.labels.length <= 16;
  const most = Math.max(...total);
  const names = { type: "category", data: data.labels, inverse: across, axisLabel: { color: look.soft, fontFamily: look.font, width: across ? 220 : undefined, overflow: "truncate", interval: few ? 0 : "auto", rotate: few && !across ? turned(data.labels, width) : 0 }, axisLine: { lineStyle: { color: look.line } }, axisTick: { show: false } };
  const values = { type: "value", minInterval: 1, axisLabel: { color: look.soft, fontFamily: look.font }, splitLine: { lineStyle: { color: look.line } } };
  return {
    animation: false,
    textStyle: { fontFamily: look.font },
    grid: { left: 8, right: across ? 56 : 8, top: data.series.length > 1 ? 40 : 8, bottom: 8, containLabel: true },
    legend: data.series.length > 1 ? { top: 0, left: 0, icon: "rect", itemWidth: 12, itemHeight: 12, textStyle: { color: look.ink, fontFamily: look.font } } : undefined,
    xAxis: across ? values : names,
    yAxis: across ? names : values,
    series: data.series.map((one) => ({
      name: one.name, type: "bar", stack: data.series.length > 1 ? "all" : undefined, barMaxWidth: across ? 20 : 36,
      data: one.values.map((value, i) => ({ value, itemStyle: { color: look[one.looks?.[i] ?? one.look] } })),
      itemStyle: { color: look[one.look] },
      label: { show: few, position: data.series.length > 1 ? "inside" : across ? "right" : "top", color: data.series.length < 2 ? look.ink : one.look === "label" ? look.onLabel : look.onFill, fontWeight: 600, fontFamily: look.font, formatter: ({ value }) => (value && (data.series.length < 2 || value > most / 14) ? value.toLocaleString() : "") },
    })),
  };
}

for (const box of document.querySelectorAll("[data-chart]")) {
  const data = JSON.parse(document.getElementById(box.dataset.chart).textContent);
  if (data.direction === "across") box.style.height = `${Math.max(120, 40 + 36 * data.labels.length)}px`;
  const chart = window.echarts.init(box, null, { renderer: "canvas" });
  const draw = () => { chart.setOption(option(data, box.clientWidth - 60), true); };
  draw();
  new ResizeObserver(() => { chart.resize(); draw(); }).observe(box);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  document.addEventListener("themechange", draw);
}
