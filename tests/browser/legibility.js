/**
 * Of every text that can be seen: where, text, size (the height of its letters), box and room (left, top, right, bottom).
 * What a figure leaves out (alpha 0) is not there; what it covers is, for it will be seen in another step.
 */
() => {
    const view = document.querySelector(".view:not([hidden])");
    const pen = document.createElement("canvas").getContext("2d");
    const at = (property, data, n) => (property.field === undefined ? property.value : data[property.field]?.[n]);
    const sides = ({ left, top, right, bottom }) => [left, top, right, bottom];
    const within = (one, other) => [0, 1, 2, 3].map((n) => Math[n < 2 ? "max" : "min"](one[n], other[n]));
    const found = [];
    for (const { model, frame } of Bokeh.index) {
        const plot = [...view.querySelectorAll(".plot")].find(({ dataset }) => dataset.figure === model.name);
        if (!plot?.offsetWidth) continue;
        const [left, top, right, bottom] = sides(plot.getBoundingClientRect());
        const [above, beyond = above, below = above, before = beyond] = (plot.firstElementChild.style.clipPath.match(/[\d.]+/g) ?? [0]).map((share) => share / 100);
        const [wide, high] = [right - left, bottom - top];
        const room = [left + before * wide, top + above * high, right - beyond * wide, bottom - below * high];
        for (const { glyph, visible, data_source: { data, name } } of model.renderers) {
            if (!visible || !glyph.text_font_size || glyph.text_alpha.value === 0) continue;
            const size = parseFloat(glyph.text_font_size.value);
            pen.font = `${glyph.text_font_style?.value ?? "normal"} ${size}px system-ui`;
            Array.from(data[glyph.text.field] ?? []).forEach((text, n) => {
                const width = pen.measureText(text).width;
                const x = left + frame.x_scale.compute(at(glyph.x, data, n)) + (at(glyph.x_offset, data, n) || 0);
                const y = top + frame.y_scale.compute(at(glyph.y, data, n)) + (at(glyph.y_offset, data, n) || 0);
                const start = x - width * { left: 0, center: 0.5, right: 1 }[glyph.text_align.value];
                const head = y - size * { middle: 0.36, bottom: 0.9, top: 0.1 }[glyph.text_baseline.value];
                if (String(text).trim() && Number.isFinite(start + head)) {
                    found.push({ where: `${model.name}: ${name}`, text: String(text), size, room, box: [start, head, start + width, head + size * 0.72] });
                }
            });
        }
        const legends = model.above.filter(({ type }) => type === "Legend");
        for (const legend of legends) {
            const { bbox } = [...Bokeh.index].find((one) => one.model === model).views.find_one(legend);
            const box = [left + bbox.left, top + bbox.top, left + bbox.right, top + bbox.bottom];
            found.push({ where: `${model.name}: legend`, text: "legend", size: parseFloat(legend.label_text_font_size), box, room });
        }
    }
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const { textContent, parentElement: parent } = walker.currentNode;
        const isText = textContent.trim() && !parent.closest("script, style, noscript, option");
        if (!isText || !parent.checkVisibility({ visibilityProperty: true }) || parent.offsetWidth <= 1) continue;
        const range = document.createRange();
        range.selectNodeContents(walker.currentNode);
        const lines = [...range.getClientRects()].filter(({ width }) => width > 1).map(sides);
        if (!lines.length) continue;
        let room = [-Infinity, -Infinity, Infinity, Infinity];
        for (let up = parent; up !== document.body; up = up.parentElement) {
            const { overflowX, overflowY, position } = getComputedStyle(up);
            if ([overflowX, overflowY].includes("hidden")) room = within(room, sides(up.getBoundingClientRect()));
            if (position === "fixed") break;
        }
        const box = [0, 1, 2, 3].map((n) => Math[n < 2 ? "min" : "max"](...lines.map((line) => line[n])));
        found.push({ where: parent.closest("[class]")?.className ?? "", text: textContent.trim(), size: parseFloat(getComputedStyle(parent).fontSize), box, room, isOnPage: true });
    }
    return found;
}
