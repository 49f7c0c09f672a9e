// What a reader of an open page meets, measured. An expression: an object of functions, none of which changes the page.
({
    // Every text that is drawn: with its node, its element, and the boxes of its lines.
    texts() {
        const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
            const node = walker.currentNode, element = node.parentElement, range = document.createRange();
            range.selectNodeContents(node);
            const boxes = [...range.getClientRects()].filter(box => box.width > 1 && box.height > 1);
            if (node.data.trim() && boxes.length && getComputedStyle(element).visibility === "visible")
                found.push({text: node.data.trim(), node, element, boxes});
        }
        return found;
    },

    seenAtOnce() {
        const inside = box =>
            box.top > -1 && box.left > -1 && box.bottom < innerHeight + 1 && box.right < innerWidth + 1;
        return this.texts().filter(({boxes}) => boxes.every(inside)).map(({text}) => text).join("\n");
    },

    // By how much anything drawn, or the page itself, is wider than the screen.
    overflow() {
        const width = Math.min(document.scrollingElement.clientWidth, screen.width);
        const edges = this.texts().flatMap(({boxes}) => boxes.map(box => box.right + scrollX));
        return Math.ceil(Math.max(document.scrollingElement.scrollWidth, ...edges) - width);
    },

    // Numbers that begin in one line and end in another, as nobody reads them; codes are long, and may.
    brokenNumbers() {
        const range = document.createRange();
        return this.texts().filter(({element}) => !element.closest("code, pre")).flatMap(({node}) =>
            [...node.data.matchAll(/[−+-]?\d+([.,]\d+)*/g)].filter(match => {
                range.setStart(node, match.index);
                range.setEnd(node, match.index + match[0].length);
                return new Set([...range.getClientRects()].map(box => Math.round(box.top))).size > 1;
            }).map(match => match[0]));
    },

    // [text, contrast] of every text (WCAG 2.2, 1.4.3); 0 where a picture is behind it, whose contrast cannot be told.
    contrasts() {
        const canvas = document.createElement("canvas");
        canvas.width = canvas.height = 1;
        const brush = canvas.getContext("2d", {willReadFrequently: true});
        const parse = colour => { // drawn and read again, so in whatever way it is written
            brush.clearRect(0, 0, 1, 1);
            brush.fillStyle = colour;
            brush.fillRect(0, 0, 1, 1);
            const [red, green, blue, alpha] = brush.getImageData(0, 0, 1, 1).data;
            return {rgb: [red, green, blue], alpha: alpha / 255};
        };
        const over = (top, alpha, bottom) => top.map((value, index) => alpha * value + (1 - alpha) * bottom[index]);
        const luminance = rgb => {
            const [red, green, blue] = rgb.map(value => value / 255)
                .map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
            return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
        };
        return this.texts().map(({text, element}) => {
            const line = [];
            for (let each = element; each; each = each.parentElement) line.unshift(getComputedStyle(each));
            let back = [255, 255, 255], opacity = 1;
            for (const style of line) {
                if (style.backgroundImage !== "none") return [text, 0];
                const {rgb, alpha} = parse(style.backgroundColor);
                opacity *= style.opacity;
                back = over(rgb, alpha * opacity, back);
            }
            const style = line.at(-1), ink = parse(element.closest("svg") ? style.fill : style.color);
            const front = over(ink.rgb, ink.alpha * opacity, back);
            const [dark, light] = [luminance(front), luminance(back)].sort((one, other) => one - other);
            return [text, (light + 0.05) / (dark + 0.05)];
        });
    },

    headingLevels() {
        return [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map(each => Number(each.localName[1]));
    },

    tableComplaints() {
        return [...document.querySelectorAll("table")].flatMap((table, index) => {
            const drawn = table.caption?.getClientRects().length, caption = drawn && table.caption.innerText.trim();
            const name = caption || `table ${index + 1}`, found = [];
            if (!caption) found.push(`${name}: no caption`);
            if (!table.querySelector("th")) found.push(`${name}: no th`);
            for (const head of table.querySelectorAll("th"))
                if (!["row", "col", "rowgroup", "colgroup"].includes(head.getAttribute("scope")))
                    found.push(`${name}: th without scope: ${head.innerText}`);
            return found;
        });
    },

    // The rows of all tables that are drawn: the texts of the cells.
    rows() {
        return [...document.querySelectorAll("tr")].filter(row => row.getClientRects().length)
            .map(row => [...row.cells].map(cell => cell.innerText));
    },

    // What the keyboard is at, and whether one sees it; null where it is at nothing.
    focus() {
        const element = document.activeElement, style = getComputedStyle(element);
        if (element === document.body) return null;
        const shown = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
        return [`${element.localName} ${element.textContent.trim().slice(0, 40)}`, shown];
    },
})
