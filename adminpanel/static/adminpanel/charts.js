// Charts from the JSON beside them (chart.js, served by ourselves); colours follow the theme.
"use strict";
const colours = ["#2a9d74", "#e0a526", "#4f7fd9", "#c8553d", "#8a63c9", "#5c9a2e", "#c44f93", "#3aa6b9", "#8c6d46", "#7a8794", "#b3892f", "#4f5bd5"];
const drawn = [];
function draw() {
  const style = getComputedStyle(document.documentElement);
  const ink = style.getPropertyValue("--body-quiet-color").trim(), line = style.getPropertyValue("--hairline-color").trim();
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  drawn.splice(0).forEach((chart) => chart.destroy());
  for (const figure of document.querySelectorAll("figure.chart")) {
    const data = JSON.parse(document.getElementById(figure.dataset.source).textContent);
    const type = figure.dataset.type;
    const inCrore = (value) => (data.unit === "inr" ? `₹${(value / 1e7).toLocaleString("en-IN", { maximumFractionDigits: 2 })} crore` : value.toLocaleString("en-IN"));
    drawn.push(new Chart(figure.querySelector("canvas"), {
      type,
      data: {
        labels: data.labels,
        datasets: data.lines.map((each, number) => ({
          label: each.name || data.title, data: each.values, borderColor: colours[number % colours.length],
          backgroundColor: type === "bar" && data.lines.length === 1 ? colours[0] : colours[number % colours.length], tension: 0.25, pointRadius: 2, borderWidth: 2,
        })),
      },
      options: {
        animation: still ? false : { duration: 300 }, responsive: true, maintainAspectRatio: false, indexAxis: figure.dataset.lying ? "y" : "x",
        plugins: { legend: { display: data.lines.length > 1, labels: { color: ink } }, tooltip: { callbacks: { label: (item) => `${item.dataset.label}: ${inCrore(item.raw)}` } } },
        scales: { x: { ticks: { color: ink, maxRotation: 0, autoSkip: true }, grid: { color: line } }, y: { beginAtZero: true, ticks: { color: ink }, grid: { color: line } } },
      },
    }));
  }
}
draw();
new MutationObserver(draw).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
