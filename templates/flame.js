'use strict';
(() => {
  const d = JSON.parse(document.getElementById('data').textContent);
  const n = d.depth.length, head = d.diff ? 1 : 0, row = 18, least = 0.4, always = 40, worthARow = 0.02;
  const $ = (tag, props, ...kids) => {
    const e = Object.assign(document.createElement(tag), props);
    e.append(...kids);
    return e;
  };
  const draw = (tag, attributes) => {
    const e = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const k in attributes) e.setAttribute(k, attributes[k]);
    return e;
  };

  // The tree: parents, and where each box's own boxes end.
  const parent = new Int32Array(n).fill(-1), end = new Int32Array(n).fill(n), line = [];
  for (let i = 0; i < n; i++) {
    while (line.length > d.depth[i]) end[line.pop()] = i;
    if (line.length) parent[i] = line[line.length - 1];
    line.push(i);
  }
  const kids = (i) => {
    const out = [];
    for (let k = i + 1; k < end[i]; k = end[k]) out.push(k);
    return out;
  };
  const summed = (i) => d.name[i] < 0 ? -d.name[i] : 0;
  const count = (v) => Math.abs(v) < 1e15 ? v.toLocaleString('en-US', { maximumFractionDigits: Math.abs(v) < 1000 ? 2 : 0 }) : v.toPrecision(3);
  const name = (i) => i === 0 ? 'all' : summed(i) ? count(summed(i)) + ' more' : d.names[d.name[i]];
  const share = (i, side) => d.cost[side][i] * d.scale[side];
  const both = d.diff ? Math.max(share(0, 0), share(0, 1)) : share(0, 0);
  const views = d.diff ? {
    head: { label: 'Head', about: 'as wide as head spends', of: (i) => share(i, 1) / both },
    base: { label: 'Base', about: 'as wide as base spent: shows what is gone', of: (i) => share(i, 0) / both },
    change: { label: '|Δ|', about: 'as wide as the change in it, up and down alike', of: (i) => d.delta[i] / (d.delta[0] || 1) },
  } : { all: { label: '', about: '', of: (i) => share(i, 0) / both } };
  const state = { view: Object.keys(views)[0], zoom: 0, search: '', flipped: false };
  let at = 0, matches = [], matched = new Set(), left = [], width = [], boxes = new Map();

  // Words.
  const fixed = (v) => v !== 0 && Math.abs(v) < 0.095 ? v.toPrecision(2) : v.toFixed(1);
  const percent = (v) => fixed(v * 100) + ' %';
  const points = (v) => (v < 0 ? '−' : '+') + fixed(Math.abs(v * 100));
  const scales = { s: [[1, 's'], [1e-3, 'ms'], [1e-6, 'µs'], [1e-9, 'ns']], B: [[2 ** 40, 'TiB'], [2 ** 30, 'GiB'], [2 ** 20, 'MiB'], [2 ** 10, 'KiB'], [1, 'B']] };
  const cost = (v, bare) => {
    if (!d.unit.base) return count(v) + (bare || !d.unit.noun ? '' : ' ' + (v === 1 ? d.unit.noun.replace(/(.)s$/, '$1') : d.unit.noun));
    v *= d.unit.factor;
    const list = scales[d.unit.base], [by, unit] = list.find(([size]) => Math.abs(v) >= size) || list[list.length - 1];
    return (v / by >= 1000 ? count(Math.round(v / by)) : String(+(v / by).toPrecision(3))) + ' ' + unit;
  };
  const words = { r: 'Surely more than in base', i: 'Surely less than in base', a: 'NEW in head', d: 'REMOVED in head', m: 'Moved: not slower, its cost was taken up or given off by a neighbour', '?': 'Looks changed, but the samples do not show it' };
  const tell = (i) => {
    if (!d.diff) return [percent(share(i, 0)) + ' (' + cost(d.cost[0][i]) + ')' + (d.self[0][i] > 0 ? ', self ' + percent(d.self[0][i] * d.scale[0]) : '')];
    const b = share(i, 0), h = share(i, 1), sure = d.sure[i], out = [];
    out.push('base ' + percent(b) + ' (' + cost(d.cost[0][i], true) + ') → head ' + percent(h) + ' (' + cost(d.cost[1][i], true) + ')');
    let change = points(h - b) + ' pp';
    if (b > 0 && h > 0 && h < 10 * b) { const r = (h / b - 1) * 100; change += ' (' + (r < 0 ? '−' : '+') + Math.abs(r).toFixed(Math.abs(r) < 100 ? 1 : 0) + ' %)'; }
    if (sure && sure[0] !== null) change += ', ' + (sure[2] ? +(sure[2] * 100).toPrecision(4) + ' % interval ' : 'interval ') + points(sure[0]) + ' to ' + points(sure[1]) + ' pp';
    if (sure && sure[3] !== null) change += sure[3] > 0 && sure[3] < 1e-15 ? ', p < 1e-15' : ', p = ' + +sure[3].toPrecision(2);
    const self = d.self[1][i] * d.scale[1] - d.self[0][i] * d.scale[0];
    if (self) change += ', self ' + points(self) + ' pp';
    out.push(change);
    return out;
  };
  const describe = (into, i) => {
    into.replaceChildren($('b', { textContent: name(i) }), ...tell(i).map((t) => $('div', { textContent: t })));
    const word = d.diff && words[d.change[i]];
    if (word) into.append($('em', { textContent: word }));
  };

  // Page.
  const main = document.getElementById('main'), note = main.querySelector('.note');
  const graph = draw('svg', { id: 'graph', tabindex: 0, role: 'application', 'aria-label': 'Flame graph. Arrow keys move, Enter zooms, Escape goes back, slash searches.' });
  const about = $('div', { id: 'about', className: 'tip' }), tip = $('div', { id: 'tip', className: 'tip', hidden: true });
  about.setAttribute('role', 'status');
  const search = $('input', { type: 'search', placeholder: 'Search (press /)', autocomplete: 'off', spellcheck: false });
  search.setAttribute('aria-label', 'Search frames');
  const found = $('span', { className: 'found' });
  const reset = $('button', { type: 'button', textContent: 'Reset', title: 'Esc' });
  const flip = $('button', { type: 'button', textContent: 'Flip', title: 'Root on top or at the bottom' });
  const buttons = Object.entries(views).map(([key, v]) => $('button', { type: 'button', textContent: v.label, title: v.about, onclick: () => set({ view: key }) }));
  const bar = $('div', { className: 'bar' });
  if (d.diff) {
    const group = $('span', { className: 'group' }, ...buttons);
    group.setAttribute('role', 'group');
    group.setAttribute('aria-label', 'What widths mean');
    bar.append(group);
  }
  bar.append(reset, flip, search, found);
  const heading = $('p', { className: 'found' });

  const hatch = (id) => {
    const p = draw('pattern', { id, width: 8, height: 8, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' });
    p.append(draw('rect', { width: 2.5, height: 8, fill: '#fff', 'fill-opacity': 0.38 }));
    const defs = draw('defs', {});
    defs.append(p);
    return defs;
  };
  const neutral = d.diff ? (d.fills.length - 1) / 2 : d.fills.length - 1;
  const fill = (shade) => shade === neutral ? 'var(--grey)' : d.fills[shade];
  const ink = (shade) => shade === neutral ? 'var(--on-grey)' : d.inks[shade];
  const shapes = (x, y, w, h, shade, change) => {
    const out = [draw('rect', { x, y, width: w, height: h, fill: fill(shade) })];
    const inset = Math.min(w, 1.5) / 2;
    if (change === 'd') out.push(draw('rect', { x, y, width: w, height: h, fill: 'url(#gone)' }));
    if (change === 'a' || change === 'm') out.push(draw('rect', { class: change === 'm' ? 'mark dots' : 'mark', x: x + inset, y: y + inset, width: Math.max(w - 2 * inset, 0.1), height: h - 2 * inset, 'stroke-width': 2 * inset }));
    return out;
  };
  const legend = () => {
    const swatch = (list, change) => {
      const s = draw('svg', { width: list.length * 14, height: 14, 'aria-hidden': 'true' });
      list.forEach((shade, k) => s.append(...shapes(k * 14, 0, 14, 14, shade, change)));
      return s;
    };
    const last = d.fills.length - 1;
    return $('div', { className: 'legend' },
      $('span', {}, 'less in head', swatch(d.fills.map((_, k) => k)), 'more (ends: ±100 % of base)'),
      $('span', {}, swatch([neutral]), 'no sure change'), $('span', {}, swatch([last], 'a'), 'new'),
      $('span', {}, swatch([0], 'd'), 'removed'), $('span', {}, swatch([neutral], 'm'), 'moved'));
  };

  // What tells functions apart is kept longest, as in the picture without a script.
  const bare = (text) => {
    let out = '', open = 0;
    for (const c of text) {
      if (c === '<' || c === '(') open++;
      if (!open) out += c;
      if ((c === '>' || c === ')') && open) open--;
    }
    return open || !out ? text : out;
  };
  const columns = (text) => { let w = 0; for (const c of text) w += c > '\u10ff' && c < '\uffe7' && !(c >= '\u2000' && c < '\u2e80') || c > '\uffff' ? 2 : 1; return w; };
  const fit = (text, room) => {
    if (room < 3) return '';
    if (columns(text) <= room) return text;
    text = bare(text);
    if (columns(text) <= room) return text;
    for (const part of text.matchAll(/[:./]+(?=[^:./])/g)) {
      const tail = '…' + text.slice(part.index + part[0].length);
      if (tail.length > 3 && columns(tail) <= room) return tail;
    }
    let out = '', used = 0;
    for (const c of text) { used += columns(c); if (used > room - 1) break; out += c; }
    return out + '…';
  };

  const shown = (i) => (i >= state.zoom && i < end[state.zoom]) || (i < state.zoom && end[i] > state.zoom);
  let column = 7.3;
  const render = () => {
    const of = views[state.view].of, z = state.zoom, whole = of(z), span = graph.clientWidth || 800;
    const next = [];
    left = new Float64Array(n);
    width = new Float64Array(n);
    const inRow = [];
    let levels = 1, all = 1;
    for (let i = 0; i < n; i++) {
      if (!shown(i)) { i = end[i] - 1; continue; }
      const level = d.depth[i];
      width[i] = i < z ? span : whole > 0 ? of(i) / whole * span : i === z ? span : 0;
      left[i] = i <= z ? 0 : next[level];
      next[level] = left[i] + width[i];
      next[level + 1] = left[i];
      if (width[i] < least) continue;
      inRow[level] = (inRow[level] || 0) + width[i];
      all = Math.max(all, level + 1);
      // Hardly anything in rows far from the root is a lost unwinder's tower: a page of height for one sample.
      const near = level - d.depth[z] < always, changed = d.diff && d.shade[i] !== neutral;
      if (near || changed || inRow[level] >= span * worthARow) levels = Math.max(levels, level + 1);
    }
    boxes = new Map();
    const parts = [hatch('gone')];
    for (let i = 0; i < n; i++) {
      if (!shown(i) || width[i] < least || d.depth[i] >= levels) { i = end[i] - 1; continue; }
      const gap = width[i] > 3 ? 1 : 0, y = (state.flipped ? levels - 1 - d.depth[i] : d.depth[i]) * row;
      const change = d.diff ? d.change[i] : '', shade = d.shade[i], w = width[i] - gap;
      const g = draw('g', { 'data-i': i });
      g.append(...shapes(left[i], y, Math.max(w, 0.3), row - 1, shade, change));
      const sign = { a: '+ ', d: '− ', m: '→ ' }[change] || '', text = fit(name(i).replace(/_\[[\w]\]$/, ''), Math.floor((w - 4) / column) - sign.length);
      if (text) {
        const label = draw('text', { x: left[i] + 3, y: y + 13, fill: ink(shade) });
        label.textContent = sign + text;
        g.append(label);
      }
      if (state.search && !matched.has(i)) g.setAttribute('class', 'faded');
      else if (i < z) g.setAttribute('class', 'above');
      boxes.set(i, g);
      parts.push(g);
    }
    const hidden = all - levels;
    if (hidden > 0) {
      const note = draw('text', { class: 'deeper', x: 3, y: levels * row + 13, fill: 'currentColor' });
      note.textContent = `… ${hidden} deeper row${hidden > 1 ? 's' : ''} with hardly any samples: zoom in to see them`;
      parts.push(note);
    }
    const height = (levels + (hidden > 0 ? 1 : 0)) * row;
    graph.setAttribute('height', height);
    graph.setAttribute('viewBox', `0 0 ${span} ${height}`);
    graph.replaceChildren(...parts);
    ring();
  };
  const ring = () => {
    graph.querySelector('.ring')?.remove();
    const g = boxes.get(at);
    if (!g || document.activeElement !== graph) return;
    const r = g.firstChild, rect = draw('rect', { class: 'ring', x: +r.getAttribute('x') + 1, y: +r.getAttribute('y') + 1, width: Math.max(r.getAttribute('width') - 2, 1), height: row - 3, rx: 2 });
    graph.append(rect);
  };
  const go = (i) => {
    at = i;
    describe(about, i);
    ring();
    boxes.get(i)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };

  const find = () => {
    const wanted = state.search.toLowerCase();
    const hit = d.names.map((text) => wanted !== '' && text.toLowerCase().includes(wanted));
    matches = [];
    const sum = [0, 0];
    let covered = 0;
    for (let i = 1; i < n; i++) {
      if (summed(i) || !hit[d.name[i]]) continue;
      matches.push(i);
      if (i < covered) continue;
      covered = end[i];
      for (let side = 0; side <= head; side++) sum[side] += share(i, side);
    }
    matched = new Set(matches);
    found.textContent = !wanted ? '' : !matches.length ? 'nothing found' : count(matches.length) + ' found: ' + (d.diff ? 'base ' + percent(sum[0]) + ' → head ' + percent(sum[1]) : percent(sum[0]));
  };
  const write = (push) => {
    const p = new URLSearchParams();
    if (state.view !== Object.keys(views)[0]) p.set('view', state.view);
    if (state.zoom) p.set('zoom', state.zoom);
    if (state.search) p.set('search', state.search);
    if (state.flipped) p.set('flip', 1);
    const url = '#' + p;
    if (url !== (location.hash || '#')) try { history[push ? 'pushState' : 'replaceState'](null, '', url); } catch { /* a viewer that forbids it */ }
  };
  const show = () => {
    buttons.forEach((b, k) => b.setAttribute('aria-pressed', Object.keys(views)[k] === state.view));
    flip.setAttribute('aria-pressed', state.flipped);
    reset.disabled = !state.zoom && !state.search;
    heading.textContent = d.diff ? 'Widths: ' + views[state.view].about + '.' : '';
    if (search.value !== state.search) search.value = state.search;
    find();
    render();
  };
  const set = (change) => {
    Object.assign(state, change);
    write('zoom' in change);
    show();
  };
  const zoom = (i) => {
    if (summed(i)) return;
    set({ zoom: i });
    go(i);
  };
  const read = () => {
    const p = new URLSearchParams(location.hash.slice(1)), z = +p.get('zoom');
    state.view = Object.hasOwn(views, p.get('view')) ? p.get('view') : Object.keys(views)[0];
    state.zoom = Number.isInteger(z) && z > 0 && z < n && !summed(z) ? z : 0;
    state.search = p.get('search') || '';
    state.flipped = p.get('flip') === '1';
    at = state.zoom;
    show();
  };

  const under = (event) => event.target.closest?.('[data-i]');
  graph.addEventListener('click', (e) => { const g = under(e); if (g) zoom(+g.dataset.i); });
  graph.addEventListener('pointermove', (e) => {
    const g = e.pointerType === 'mouse' && under(e);
    tip.hidden = !g;
    if (!g) return;
    describe(tip, +g.dataset.i);
    const box = tip.getBoundingClientRect();
    const x = Math.min(e.clientX + 14, innerWidth - box.width - 8), below = e.clientY + 18;
    tip.style.left = Math.max(8, x) + 'px';
    tip.style.top = (below + box.height > innerHeight - 4 ? Math.max(4, e.clientY - box.height - 12) : below) + 'px';
  });
  graph.addEventListener('pointerleave', () => { tip.hidden = true; });
  graph.addEventListener('focus', () => { if (!boxes.has(at)) at = state.zoom; go(at); });
  graph.addEventListener('blur', ring);
  const beside = (i, step) => {
    const row = [...boxes.keys()].filter((k) => d.depth[k] === d.depth[i]);
    return row[row.indexOf(i) + step];
  };
  const widest = (i) => kids(i).filter((k) => boxes.has(k)).sort((a, b) => width[b] - width[a])[0];
  const keys = {
    ArrowLeft: () => beside(at, -1), ArrowRight: () => beside(at, 1),
    ArrowDown: () => state.flipped ? parent[at] : widest(at), ArrowUp: () => state.flipped ? widest(at) : parent[at],
    Home: () => state.zoom,
  };
  const back = () => {
    if (state.search) set({ search: '' });
    else if (state.zoom) { const was = state.zoom; set({ zoom: 0 }); go(was); }
    tip.hidden = true;
  };
  document.addEventListener('keydown', (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === 'Escape') { back(); if (e.target === search) graph.focus({ preventScroll: true }); return e.preventDefault(); }
    if (e.target === search) {
      if (e.key !== 'Enter' || !matches.length) return;
      const visible = matches.filter((i) => boxes.has(i)), list = visible.length ? visible : matches;
      const next = e.shiftKey ? list.filter((i) => i < at).pop() ?? list[list.length - 1] : list.find((i) => i > at) ?? list[0];
      if (!boxes.has(next)) set({ zoom: 0 });
      return go(next);
    }
    if (e.key === '/') { search.focus(); search.select(); return e.preventDefault(); }
    const view = Object.keys(views)[+e.key - 1];
    if (d.diff && view) return set({ view });
    if (document.activeElement !== graph) return;
    if (e.key === 'Enter' || e.key === ' ') { zoom(at); return e.preventDefault(); }
    if (!keys[e.key]) return;
    const next = keys[e.key]();
    if (next !== undefined && next >= 0 && boxes.has(next)) go(next);
    e.preventDefault();
  });
  search.addEventListener('input', () => set({ search: search.value }));
  reset.addEventListener('click', () => { set({ zoom: 0, search: '' }); go(0); });
  flip.addEventListener('click', () => set({ flipped: !state.flipped }));
  addEventListener('popstate', read);
  let wide = 0;
  new ResizeObserver(() => { if (graph.clientWidth !== wide) { wide = graph.clientWidth; render(); } }).observe(graph);

  document.getElementById('still').remove();
  main.prepend(...(d.diff ? [legend()] : []), bar, heading, graph);
  main.append(...(note ? [] : []), about, tip);
  const probe = draw('text', {});
  probe.textContent = 'M'.repeat(50);
  graph.append(probe);
  column = probe.getComputedTextLength() / 50 || column;
  about.append($('span', { className: 'soft' }, 'Point at a frame, or use ', $('kbd', { textContent: '←' }), ' ', $('kbd', { textContent: '→' }), ' ', $('kbd', { textContent: '↑' }), ' ', $('kbd', { textContent: '↓' }), '. Click or ', $('kbd', { textContent: 'Enter' }), ' zooms, ', $('kbd', { textContent: 'Esc' }), ' goes back, ', $('kbd', { textContent: '/' }), ' searches.'));
  read();
})();
