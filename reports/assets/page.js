"use strict";
// The page without this script has every table and the charts as pictures. With it,
// tables can be sorted, words explain themselves, and the charts can be worked with: one
// time axis and one set of strategies for all of them.
{
	const data = JSON.parse(document.getElementById("data").textContent);
	const $ = (tag, props, ...children) => {
		const e = Object.assign(document.createElement(tag), props);
		e.append(...children);
		return e;
	};

	// Figures as the tables write them: three digits, in the unit in which they are short.
	const digits = v => String(+(Math.abs(v) < 100 ? v.toPrecision(3) : v.toFixed(0)));
	const units = [["d", 864e5, 2], ["h", 36e5, 2], ["min", 6e4, 2], ["s", 1e3, 1], ["ms", 1, 1], ["µs", 1e-3, 0]];
	const formats = {
		time(ms) {
			if (ms === 0) return "<1 µs";
			const [name, size] = units.find(([, size, least]) => +(ms / size).toPrecision(3) >= least);
			return digits(ms / size) + " " + name;
		},
		share: v => digits(100 * v) + " %",
		count: v => v >= 1e6 ? digits(v / 1e6) + " M" : v >= 1000 ? Math.round(v).toLocaleString("en") : String(+v.toFixed(1)),
	};
	const write = (figure, v) => formats[figure.unit](v) + (figure.per ?? "");
	const instant = ms => ms === 0 ? "0" : formats.time(ms);

	// Colours are those of the tables, made lighter on dark ground until they stand out. Each
	// is found once for a theme: to ask the browser for one lays the page out.
	const inks = new Map();
	const once = (name, find) => inks.get(name) ?? inks.set(name, find()).get(name);
	const probe = document.body.appendChild($("span", {hidden: true}));
	const ink = name => once(name, () => { probe.style.color = `var(--${name})`; return getComputedStyle(probe).color; });
	const colorOf = strategy => once(strategy.color, () => {
		let rgb = [1, 3, 5].map(i => parseInt(strategy.color.slice(i, i + 2), 16));
		const light = () => (0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]) / 255;
		const dark = isDark();
		while (dark && light() < 0.42) rgb = rgb.map(v => v + (255 - v) * 0.12);
		return `rgb(${rgb.map(Math.round)})`;
	});
	const fade = (color, alpha) => color.replace("rgb(", "rgba(").replace(")", `, ${alpha})`);

	// What all charts share.
	const shown = data.strategies.map(() => true);
	const whole = [0, data.duration];
	let zoom = whole;
	let hovered = null; // the plot under the pointer
	const plots = new Set();
	const overTime = () => [...plots].filter(p => !p.chart.nines);
	const tooltip = document.body.appendChild($("div", {className: "tooltip", hidden: true}));

	function zoomTo(range) {
		zoom = range;
		for (const p of overTime()) {
			p.setScale("x", {min: range[0], max: range[1]});
			p.root.dataset.zoom = JSON.stringify(range);
		}
		for (const b of document.querySelectorAll(".reset")) b.hidden = range === whole;
	}

	// Small multiples where so many lines would be a tangle.
	const many = data.strategies.length > 7;

	const timeSteps = [1, 2, 5, 10, 20, 50, 100, 200, 500].concat(
		[1, 2, 5, 10, 15, 30].map(s => s * 1e3), [1, 2, 5, 10, 15, 30].map(m => m * 6e4),
		[1, 2, 3, 6, 12].map(h => h * 36e5), [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].map(d => d * 864e5));
	const timeLabels = (u, at) => {
		const step = at.length > 1 ? at[1] - at[0] : 1;
		const [name, size] = units.slice(0, 5).find(([, size]) => step / size >= 1 || (size === 1e3 && step >= 100)) ?? units[4];
		return at.map(v => digits(v / size) + " " + name);
	};
	const ninesLabel = n => n === 0 ? "0 %" : +(100 * (1 - 10 ** -n)).toFixed(Math.max(0, Math.ceil(n) - 2) + (n % 1 ? 1 : 0)) + " %";

	// A mark is a fault or a phase: a pale band or a line, and its name above the picture.
	const marks = data.faults.map(f => ({...f, text: f.label + (f.strategies ? ` (${f.strategies.join(", ")})` : ""), fault: !f.cause}))
		.concat(data.phases.map(p => ({...p, text: p.name + (p.warmUp ? " (not counted)" : "")})));
	const rowHeight = 14, mostRows = 4;
	function placeMarks(u) {
		const ends = [], list = [];
		u.ctx.font = font(11);
		const left = u.bbox.left / uPlot.pxRatio, right = left + u.bbox.width / uPlot.pxRatio;
		for (const m of marks) {
			if (m.from > u.scales.x.max || (m.to ?? m.from) < u.scales.x.min) continue;
			const width = u.ctx.measureText(m.text).width / uPlot.pxRatio;
			let x = left + Math.max(0, u.valToPos(m.from, "x"));
			x = Math.max(left, Math.min(x, right - width));
			let row = 0;
			while (row < mostRows && ends[row] > x) row++;
			if (row === mostRows) continue;
			ends[row] = x + width + 8;
			list.push({m, x, row});
		}
		return list;
	}
	const rows = (width, ctx) => { // that the names need: counted once for a width, so that zooming moves nothing
		const ends = [];
		let most = 0;
		ctx.font = font(11);
		for (const m of marks) {
			const w = ctx.measureText(m.text).width / uPlot.pxRatio;
			const x = Math.max(0, Math.min(m.from / data.duration * width, width - w));
			let row = 0;
			while (row < mostRows && ends[row] > x) row++;
			if (row < mostRows) { ends[row] = x + w + 8; most = Math.max(most, row + 1); }
		}
		return most;
	};
	const family = getComputedStyle(document.body).fontFamily;
	const font = size => `${size * uPlot.pxRatio}px ${family}`;

	function drawMarks(u) {
		const {ctx, bbox} = u, x = v => Math.round(u.valToPos(v, "x", true));
		ctx.save();
		ctx.beginPath();
		ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
		ctx.clip();
		for (const m of marks) {
			ctx.fillStyle = fade(m.fault ? ink("fault") : ink("soft"), m.fault ? 0.1 : 0.09);
			const lasts = m.to !== null && !m.strategies && (m.from > 0 || m.to < data.duration);
			if (lasts && (m.fault || m.warmUp)) ctx.fillRect(x(m.from), bbox.top, x(m.to) - x(m.from), bbox.height);
			ctx.fillStyle = fade(m.fault ? ink("fault") : ink("soft"), 0.6);
			ctx.fillRect(x(m.from), bbox.top, uPlot.pxRatio, bbox.height);
		}
		ctx.restore();
		ctx.save();
		ctx.textBaseline = "bottom";
		ctx.textAlign = "left";
		for (const {m, x, row} of u.named ? placeMarks(u) : []) {
			ctx.fillStyle = m.fault ? ink("fault") : ink("soft");
			ctx.font = font(11);
			ctx.fillText(m.text, x * uPlot.pxRatio, bbox.top - (2 + row * rowHeight) * uPlot.pxRatio);
		}
		ctx.restore();
	}

	// groupsOf parts lines into those that are alike, directly or by way of others.
	function groupsOf(lines, alike) {
		const groups = [];
		for (const i of lines) {
			const mine = groups.filter(g => g.some(j => alike(j, i)));
			for (const g of mine) groups.splice(groups.indexOf(g), 1);
			groups.push([...mine.flat(), i].sort((a, b) => a - b));
		}
		return groups.filter(g => g.length > 1);
	}

	// Where lines lie in one place the last one hides the others: each of those is drawn
	// once more over it, as dashes that take turns.
	const dashLength = 8;
	function drawHidden(u) {
		if (u.only != null) return;
		const {ctx, bbox} = u, [low, high] = u.series[0].idxs, ratio = uPlot.pxRatio;
		const seen = data.strategies.map((_, i) => i).filter(i => u.series[1 + i].show);
		const xs = [], ys = seen.map(() => []);
		for (let k = low; k <= high; k++) {
			xs.push(u.valToPos(u.data[0][k], "x", true));
			seen.forEach((i, n) => { const v = u.data[1 + i][k]; ys[n].push(v == null ? NaN : u.valToPos(v, "y", true)); });
		}
		const near = (a, b, k) => Math.abs(ys[a][k] - ys[b][k]) < 1.5 * ratio;
		ctx.save();
		ctx.beginPath();
		ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
		ctx.clip();
		ctx.lineWidth = 1.8 * ratio;
		for (let n = 0; n < seen.length - 1; n++) {
			ctx.strokeStyle = colorOf(data.strategies[seen[n]]);
			ctx.globalAlpha = u.series[1 + seen[n]].alpha ?? 1;
			let company = "";
			for (let k = 1; k <= xs.length; k++) {
				const beside = k < xs.length ? seen.map((_, m) => m).filter(m => near(n, m, k - 1) && near(n, m, k)) : [];
				const next = beside.length > 1 && beside.at(-1) !== n ? beside.join() : "";
				if (next !== company) {
					if (company) ctx.stroke();
					if (next) {
						const rank = beside.indexOf(n), dashes = [0, rank, 1, beside.length - 1 - rank].map(v => v * dashLength * ratio);
						ctx.setLineDash(dashes);
						ctx.lineDashOffset = xs[k - 1];
						ctx.beginPath();
						ctx.moveTo(xs[k - 1], ys[n][k - 1]);
					}
					company = next;
				}
				if (company) ctx.lineTo(xs[k], ys[n][k]);
			}
		}
		ctx.restore();
	}

	// sameLines says which strategies have one line, all along, as far as an eye can tell.
	function sameLines(figure) {
		const lines = figure.lines.map(l => l.mid), most = Math.max(...lines.map(l => Math.max(0, ...l)));
		const alike = (i, j) => lines[i].length === lines[j].length && lines[i].every((a, k) => {
			const b = lines[j][k];
			return a == null || b == null ? a === b : Math.abs(a - b) <= Math.max(0.02 * Math.max(a, b), 0.004 * most) * (figure.unit === "time" ? 1 : 0.2);
		});
		return groupsOf(data.strategies.map((_, i) => i), alike)
			.map(g => g.map(i => data.strategies[i].name)).map(names => names.slice(0, -1).join(", ") + " and " + names.at(-1) + " have one line.");
	}

	// The names stand at the ends of the lines, moved apart where they would touch.
	function drawNames(u) {
		const {ctx, bbox} = u, list = [];
		data.strategies.forEach((s, i) => {
			if (!shown[i] || !u.series[1 + i].show) return;
			const values = u.data[1 + i];
			for (let k = values.length - 1; k >= 0; k--) {
				if (values[k] == null || u.data[0][k] > u.scales.x.max) continue;
				if (u.data[0][k] < u.scales.x.min) break;
				list.push({s, x: u.valToPos(u.data[0][k], "x", true), y: u.valToPos(values[k], "y", true)});
				break;
			}
		});
		const gap = 13 * uPlot.pxRatio;
		list.sort((a, b) => a.y - b.y);
		list.forEach((n, k) => { n.at = Math.max(n.y, k ? list[k - 1].at + gap : bbox.top); });
		let floor = bbox.top + bbox.height;
		for (const n of list.toReversed()) { n.at = Math.min(n.at, floor); floor = n.at - gap; }
		ctx.save();
		ctx.font = font(11);
		ctx.textBaseline = "middle";
		ctx.textAlign = "left";
		for (const n of list) {
			const x = n.x + 8 * uPlot.pxRatio;
			ctx.strokeStyle = fade(colorOf(n.s), 0.5);
			ctx.lineWidth = uPlot.pxRatio;
			ctx.beginPath();
			ctx.moveTo(n.x + 2, n.y);
			ctx.lineTo(x - 2, n.at);
			ctx.stroke();
			ctx.fillStyle = colorOf(n.s);
			ctx.fillText(n.s.name, x, n.at);
		}
		ctx.restore();
	}

	// What is under the pointer, of every strategy that is shown, the highest first.
	function showValues(u) {
		if (u !== hovered) return;
		const k = u.cursor.idx;
		if (k == null || u.cursor.left < 0) { tooltip.hidden = true; return; }
		const format = v => write(u.figure, v);
		const rows = data.strategies.map((s, i) => ({s, v: u.figure.lines[i].mid[k], low: u.figure.lines[i].low?.[k], high: u.figure.lines[i].high?.[k], on: shown[i]}))
			.filter(r => r.on && r.v != null).sort((a, b) => b.v - a.v);
		const at = u.data[0][k];
		const head = u.chart.nines ? ninesLabel(at) + " take at most" : u.figure.at ? instant(at) :
			instant(k * data.step) + " to " + instant(Math.min((k + 1) * data.step, data.duration));
		tooltip.replaceChildren($("div", {className: "at", textContent: `${u.figure.title}, ${head}`}), ...rows.map(r => {
			const key = $("span", {className: "key"});
			key.style.background = colorOf(r.s);
			const range = r.low != null && r.low < r.high ? ` (${format(r.low)} to ${format(r.high)})` : "";
			return $("div", {className: "row"}, key, $("span", {textContent: r.s.name}), $("b", {textContent: format(r.v) + range}));
		}));
		if (!rows.length) tooltip.append($("div", {textContent: "nothing happened here"}));
		tooltip.hidden = false;
		const box = u.over.getBoundingClientRect(), width = tooltip.offsetWidth;
		let x = box.left + u.cursor.left + 16;
		if (x + width > innerWidth - 8) x = Math.max(8, box.left + u.cursor.left - 16 - width);
		tooltip.style.transform = `translate(${x + scrollX}px, ${box.top + scrollY + Math.max(0, Math.min(u.cursor.top - 20, box.height - tooltip.offsetHeight))}px)`;
	}

	// alone keeps the indices of values between two gaps, which no line would show.
	const alone = (u, i) => {
		const v = u.data[i], list = [];
		for (let k = 0; k < v.length; k++) if (v[k] != null && v[k - 1] == null && v[k + 1] == null) list.push(k);
		return list.length ? list : null;
	};

	// decades are the ticks of a log scale: 1, 10, 100; and 3 and 30 where those are few.
	const decades = (u, axis, low, high) => {
		const list = low <= 0 ? [0] : [], least = Math.floor(Math.log10(Math.max(low, u.figure.unit === "time" ? 1e-3 : 1)));
		const few = Math.log10(high) - least <= 3;
		for (let e = least; 10 ** e <= high * 1.001; e++) {
			list.push(10 ** e);
			if (few && 3 * 10 ** e <= high) list.push(3 * 10 ** e);
		}
		return list.filter(v => v >= low * 0.999);
	};

	// newPlot draws a figure of a chart, of all strategies or with one of them set off
	// from the others, with or without the names of the faults above it.
	function newPlot(into, chart, figure, {log, only, height, named = true}) {
		const x = chart.nines ?? figure.at ?? figure.lines.reduce((a, l) => l.mid.length > a.length ? l.mid : a, []).map((_, k) =>
			(k * data.step + Math.min((k + 1) * data.step, data.duration)) / 2);
		const floor = figure.unit === "time" ? 0.001 : 0;
		const clamp = list => log && figure.unit === "time" ? list.map(v => v == null ? v : Math.max(v, floor)) : list;
		const columns = [x, ...figure.lines.map(l => clamp(l.mid))], bands = [];
		const series = [{}, ...data.strategies.map((s, i) => ({
			label: s.name, show: shown[i], scale: "y", spanGaps: !!chart.nines,
			stroke: () => only == null || only === i ? colorOf(s) : fade(ink("soft"), 0.35),
			width: only == null || only === i ? 1.8 : 0.8, points: {show: () => false, filter: alone, size: 6, fill: () => colorOf(s)},
		}))];
		figure.lines.forEach((l, i) => {
			if (!l.high || (only != null && only !== i)) return;
			const fill = () => shown[i] ? fade(colorOf(data.strategies[i]), 0.13) : "transparent";
			bands.push({series: [columns.length, columns.length + 1], fill});
			for (const list of [l.high, l.low]) {
				columns.push(clamp(list));
				series.push({of: i, show: shown[i], scale: "y", stroke: "transparent", width: 0, points: {show: false}, spanGaps: !!chart.nines});
			}
		});
		const names = only == null && into.clientWidth > 560;
		const context = document.createElement("canvas").getContext("2d");
		context.font = font(11);
		const right = names ? 16 + Math.min(150, Math.max(...data.strategies.map(s => context.measureText(s.name).width / uPlot.pxRatio))) : 12;
		const axis = {stroke: () => ink("soft"), font: `11px ${family}`, grid: {stroke: () => ink("rule"), width: 1}, ticks: {show: false}};
		const u = new uPlot({
			width: into.clientWidth, height,
			padding: [8 + (chart.nines || !named ? 0 : rowHeight * rows(into.clientWidth - 64 - right, context)), right, 0, 0],
			legend: {show: false}, focus: {alpha: 0.2},
			scales: {
				x: {time: false, range: () => chart.nines ? [x[0], x[x.length - 1]] : zoom},
				y: log ? {distr: figure.unit === "time" ? 3 : 4} : {range: (u, low, high) => [0, figure.unit === "share" && !(high > 1) ? 1 : (high || 1) * 1.06]},
			},
			axes: [
				{...axis, grid: {show: false}, size: 32, incrs: chart.nines ? [1] : timeSteps, space: 70, values: chart.nines ? (u, at) => at.map(ninesLabel) : timeLabels},
				{...axis, size: 64, ...(log ? {splits: decades, filter: (u, at) => at} : {}), values: (u, at) => at.map(v => v == null ? "" : v === 0 ? "0" : write(figure, v))},
			],
			cursor: {
				drag: {x: true, y: false, setScale: false, dist: 4}, points: {size: 7},
				sync: chart.nines ? undefined : {key: "time", setSeries: false, scales: ["x", null], filters: {pub: type => type === "mousemove" || type === "mouseleave", sub: () => true}},
			},
			series, bands,
			hooks: {
				init: [u => Object.assign(u, {chart, figure, named, only})],
				drawClear: chart.nines ? [] : [drawMarks], draw: names ? [drawHidden, drawNames] : [drawHidden], setCursor: [showValues],
				setSelect: [u => {
					if (!(u.select.width > 0)) return;
					const from = u.posToVal(u.select.left, "x"), to = u.posToVal(u.select.left + u.select.width, "x");
					u.setSelect({left: 0, top: 0, width: 0, height: 0}, false);
					if (!chart.nines && to - from >= data.step) zoomTo([Math.max(0, from), Math.min(data.duration, to)]);
				}],
			},
		}, columns, into);
		u.over.addEventListener("mouseenter", () => { hovered = u; });
		u.over.addEventListener("mouseleave", () => { hovered = null; tooltip.hidden = true; });
		u.over.addEventListener("dblclick", () => zoomTo(whole));
		plots.add(u);
		return u;
	}

	// Chart is a figure element with its controls.
	const chartsOfPage = [...document.querySelectorAll("[data-chart]")].map(element => {
		const chart = data.charts[element.dataset.chart];
		const picture = $("div", {className: many && !chart.stacked ? "plot many" : "plot"});
		const hint = $("p", {className: "hint"});
		const select = $("select", {title: "what is drawn"}, ...chart.figures.map((f, i) => $("option", {value: i, textContent: f.title})));
		const scale = $("button", {type: "button", className: "scale"});
		const reset = $("button", {type: "button", className: "reset", textContent: "whole run", hidden: true});
		let figure = chart.figures[0], log, mine = [], begun = false;
		const usual = f => f.unit === "time" && (chart.nines || f.lines.some(l => l.mid.some(v => v > 0)));
		const cellOf = title => {
			const cell = $("div", {className: "cell"}, $("b", {textContent: title}));
			picture.append(cell);
			return cell;
		};
		const draw = () => {
			for (const u of mine) { plots.delete(u); u.destroy(); }
			picture.replaceChildren();
			hint.textContent = [figure.doc ? figure.doc + "." : "", ...chart.stacked ? [] : sameLines(figure)].filter(text => text).join(" ");
			scale.hidden = chart.stacked || figure.unit === "share";
			scale.textContent = log ? "log scale" : "linear scale";
			scale.setAttribute("aria-pressed", log);
			if (chart.stacked) {
				mine = chart.figures.map((f, i) => newPlot(cellOf(f.title), chart, f, {log: usual(f), height: i ? 130 : 160, named: !i}));
			} else if (many) {
				mine = data.strategies.map((s, i) => {
					const cell = cellOf(s.name);
					cell.firstChild.style.color = colorOf(s);
					cell.hidden = !shown[i];
					return newPlot(cell, chart, figure, {log, only: i, height: 150});
				});
			} else mine = [newPlot(picture, chart, figure, {log, height: 260})];
		};
		select.addEventListener("change", () => { figure = chart.figures[select.value]; log = usual(figure); draw(); });
		scale.addEventListener("click", () => { log = !log; draw(); });
		reset.addEventListener("click", () => zoomTo(whole));
		select.hidden = chart.stacked || chart.figures.length < 2;
		element.prepend($("div", {className: "controls"}, select, scale, reset), hint, picture);
		log = usual(figure);
		return {
			begin() { begun = true; draw(); },
			redraw() { if (begun) draw(); },
		};
	});

	// One chart after the other, so that a long page opens at once.
	const waiting = [...chartsOfPage];
	const drawNext = () => {
		waiting.shift()?.begin();
		if (waiting.length) setTimeout(drawNext);
		else Object.assign(document.documentElement.dataset, {drawn: plots.size, drawnAt: performance.now()});
	};
	drawNext();
	const redrawAll = () => { inks.clear(); paintKeys(); for (const c of chartsOfPage) c.redraw(); };
	addEventListener("theme", redrawAll);
	addEventListener("beforeprint", () => { document.documentElement.classList.add("print"); redrawAll(); });
	addEventListener("afterprint", () => { document.documentElement.classList.remove("print"); redrawAll(); });
	let width = innerWidth;
	addEventListener("resize", () => { if (innerWidth !== width) { width = innerWidth; redrawAll(); } });

	// The legend of all charts: a click hides a strategy or shows it, a double click shows
	// it alone, or all again.
	const legend = document.getElementById("legend");
	function applyShown() {
		for (const p of plots) {
			p.batch(() => p.series.forEach((s, k) => {
				const i = k <= data.strategies.length ? k - 1 : s.of;
				if (k > 0 && s.show !== shown[i]) p.setSeries(k, {show: shown[i]});
			}));
		}
		[...legend.children].forEach((b, i) => b.setAttribute("aria-pressed", shown[i]));
		for (const e of document.querySelectorAll("[data-strategy]")) e.hidden = !shown[e.dataset.strategy];
		if (many) redrawAll();
	}
	if (legend) {
		legend.hidden = document.querySelector(".worked").hidden = false;
		legend.append(...data.strategies.map((s, i) => {
			const b = $("button", {type: "button", title: "click: hide or show; double click: alone"}, $("span", {className: "key"}), s.name);
			b.firstChild.dataset.color = s.color;
			b.setAttribute("aria-pressed", true);
			b.addEventListener("click", () => { shown[i] = !shown[i]; applyShown(); });
			b.addEventListener("dblclick", () => {
				const only = shown.every((on, j) => on === (j === i));
				shown.forEach((_, j) => { shown[j] = only || j === i; });
				applyShown();
			});
			b.addEventListener("mouseenter", () => { if (shown[i] && !many) for (const p of plots) p.setSeries(1 + i, {focus: true}); });
			b.addEventListener("mouseleave", () => { if (!many) for (const p of plots) p.setSeries(null, {focus: true}); });
			return b;
		}));
	}
	function paintKeys() {
		for (const k of document.querySelectorAll(".key[data-color]")) k.style.background = colorOf({color: k.dataset.color});
	}
	paintKeys();

	// A word that has a meaning tells it to a finger too, which has no pointer to rest.
	for (const word of document.querySelectorAll("dfn[title]")) {
		word.addEventListener("click", e => {
			tooltip.replaceChildren($("div", {textContent: word.title}));
			tooltip.hidden = false;
			const box = word.getBoundingClientRect();
			tooltip.style.transform = `translate(${Math.max(8, Math.min(box.left, innerWidth - tooltip.offsetWidth - 8)) + scrollX}px, ${box.bottom + scrollY + 4}px)`;
			e.stopPropagation();
		});
	}
	addEventListener("click", () => { if (!hovered) tooltip.hidden = true; });

	// A click on a heading sorts by its column, a second one the other way round. What has
	// no value stays at the end.
	for (const head of document.querySelectorAll("table.sortable th")) {
		const button = head.querySelector("button");
		if (!button) continue;
		button.disabled = false;
		button.addEventListener("click", () => {
			const up = head.getAttribute("aria-sort") !== "ascending";
			for (const h of head.parentElement.children) h.removeAttribute("aria-sort");
			head.setAttribute("aria-sort", up ? "ascending" : "descending");
			const body = head.closest("table").tBodies[0], at = head.cellIndex;
			const value = row => { const v = row.cells[at].dataset.value; return v === "" ? NaN : +v; };
			const list = [...body.rows].sort((a, b) => {
				const x = value(a), y = value(b);
				if (isNaN(x) || isNaN(y)) return isNaN(x) - isNaN(y);
				return up ? x - y : y - x;
			});
			body.append(...list);
		});
	}
}
