// Draws tariffs as points, price against data, with the frontier as a line. The table behind stands in the page.
"use strict";

function option(data) {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  const text = { color: colour("ink-soft"), fontFamily: colour("sans") };
  const axis = (name) => ({ type: "value", name, nameLocation: "middle", nameGap: 32, nameTextStyle: text, axisLabel: text, splitLine: { lineStyle: { color: colour("line") } } });
  const points = data.series.map((one) => ({ name: one.name, type: "scatter", symbol: one.symbol, symbolSize: 10, itemStyle: { color: colour(`fill-${one.look}`) }, data: one.points }));
  const line = { name: data.line, type: "line", step: "end", showSymbol: false, silent: true, lineStyle: { color: colour("fill-teal"), width: 2 }, itemStyle: { color: colour("fill-teal") }, data: data.frontier };
  return {
    animation: false,
    textStyle: { fontFamily: colour("sans") },
    grid: { left: 48, right: 16, top: 40, bottom: 48, containLabel: true },
    legend: { top: 0, left: 0, textStyle: { color: colour("ink"), fontFamily: colour("sans") } },
    tooltip: { trigger: "item", renderMode: "richText", formatter: ({ value }) => `${value[2] ?? ""}\n${value[0]} · ${value[1]} GB` },
    xAxis: axis(data.x),
    yAxis: axis(data.y),
    series: [...points, line],
  };
}

for (const box of document.querySelectorAll("[data-scatter]")) {
  const data = JSON.parse(document.getElementById(box.dataset.scatter).textContent);
  const chart = window.echarts.init(box, null, { renderer: "canvas" });
  const draw = () => { chart.setOption(option(data), true); };
  draw();
  new ResizeObserver(() => chart.resize()).observe(box);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  document.addEventListener("themechange", draw);
}
