// Draws points in the verdicts' colours, with a line where there is one; a point may bear a name, a size and a link. What
// is said of a point comes from the page. The table behind stands in the page.
"use strict";

function option(data, width) {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  const text = { color: colour("ink-soft"), fontFamily: colour("sans") };
  const axis = (name, along) => ({ type: data.log === along ? "log" : "value", name, nameLocation: "middle", nameGap: 32, minInterval: data.whole ? 1 : undefined, nameTextStyle: text, axisLabel: text, axisLine: { lineStyle: { color: colour("line") } }, splitLine: { lineStyle: { color: colour("line") } } });
  const named = { show: true, position: "top", color: colour("ink"), fontFamily: colour("sans"), width: 200, overflow: "truncate", formatter: ({ data: point }) => point.label ?? "" };
  const points = data.series.map((one) => ({ name: one.name, type: "scatter", symbol: one.symbol, symbolSize: (_value, { data: point }) => point.size ?? 10, itemStyle: { color: colour(`fill-${one.look}`), opacity: 0.85, borderColor: colour("sheet") }, label: named, labelLayout: ({ labelRect }) => ({ hideOverlap: true, x: Math.max(0, Math.min(labelRect.x, width - labelRect.width)), align: "left" }), data: one.points }));
  const line = data.frontier && { name: data.line, type: "line", step: "end", showSymbol: false, silent: true, lineStyle: { color: colour("fill-teal"), width: 2 }, itemStyle: { color: colour("fill-teal") }, data: data.frontier };
  return {
    animation: false,
    textStyle: { fontFamily: colour("sans") },
    grid: { left: 48, right: 16, top: 40, bottom: 48, containLabel: true },
    legend: { top: 0, left: 0, textStyle: { color: colour("ink"), fontFamily: colour("sans") } },
    tooltip: { trigger: "item", renderMode: "richText", formatter: ({ data: point }) => point.said ?? "" },
    xAxis: axis(data.x, "x"),
    yAxis: axis(data.y, "y"),
    series: line ? [...points, line] : points,
  };
}

for (const box of document.querySelectorAll("[data-scatter]")) {
  const data = JSON.parse(document.getElementById(box.dataset.scatter).textContent);
  const chart = window.echarts.init(box, null, { renderer: "canvas" });
  const draw = () => { chart.setOption(option(data, box.clientWidth), true); };
  draw();
  chart.on("click", ({ data: point }) => { if (point?.href) location.assign(point.href); });
  new ResizeObserver(() => { chart.resize(); draw(); }).observe(box);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  document.addEventListener("themechange", draw);
}
