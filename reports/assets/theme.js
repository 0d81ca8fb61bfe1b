"use strict";
// Light or dark as the reader's system has it, until the reader chooses.
const isDark = () => {
	const scheme = getComputedStyle(document.documentElement).colorScheme;
	return scheme === "dark" || (scheme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
};
{
	const root = document.documentElement;
	const kept = () => { try { return localStorage.getItem("theme"); } catch { return null; } }; // a page on disk may be allowed none
	const keep = theme => { try { localStorage.setItem("theme", theme); } catch { /* then it is for this page alone */ } };
	if (kept()) root.dataset.theme = kept();
	const changed = () => dispatchEvent(new Event("theme"));
	matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
	addEventListener("DOMContentLoaded", () => {
		const button = document.getElementById("theme");
		button.hidden = false;
		button.addEventListener("click", () => {
			root.dataset.theme = isDark() ? "light" : "dark";
			keep(root.dataset.theme);
			changed();
		});
	});
}
