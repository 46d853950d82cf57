// What part of a chart is seen. `now()` gives { plot, all: [first x, last x], least: the smallest span }, since a change of axes makes another plot.
const make_zoom = (now) => {
  const to = (min, max) => {
    const { plot, all: [first, last], least } = now(), span = Math.min(last - first, Math.max(max - min, least));
    const begin = Math.min(Math.max(first, (min + max - span) / 2), last - span);
    plot.setScale('x', { min: begin, max: begin + span });
  };
  const seen = () => now().plot.scales.x;
  const by = (factor, middle = (seen().min + seen().max) / 2) => to(middle - (middle - seen().min) * factor, middle + (seen().max - middle) * factor);
  const pan = (share) => {
    const { min, max } = seen();
    to(min + (max - min) * share, max + (max - min) * share);
  };
  const pan_by_mouse = (begin) => {
    const { min, max } = seen(), per_pixel = (max - min) / now().plot.over.clientWidth;
    const move = (event) => to(min - (event.clientX - begin.clientX) * per_pixel, max - (event.clientX - begin.clientX) * per_pixel);
    addEventListener('mousemove', move);
    addEventListener('mouseup', () => removeEventListener('mousemove', move), { once: true });
  };
  // A page that scrolls must not be caught in a chart: the wheel zooms where the focus is, or with Ctrl.
  const wheel = (stage) => stage.addEventListener('wheel', (event) => {
    if (!event.ctrlKey && !stage.contains(document.activeElement)) return;
    event.preventDefault();
    const { plot } = now();
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) pan(Math.sign(event.deltaX || event.deltaY) * 0.1);
    else by(event.deltaY > 0 ? 1.25 : 0.8, plot.posToVal(event.clientX - plot.over.getBoundingClientRect().left, 'x'));
  }, { passive: false });
  const buttons = () => el('span', { class: 'group', role: 'group', 'aria-label': 'Zoom' },
    button('◀', { 'aria-label': 'Earlier', onclick: () => pan(-0.5) }), button('−', { 'aria-label': 'Zoom out', onclick: () => by(1 / 0.6) }),
    button('+', { 'aria-label': 'Zoom in', onclick: () => by(0.6) }), button('▶', { 'aria-label': 'Later', onclick: () => pan(0.5) }), button('All', { 'aria-label': 'Show all', onclick: () => reset() }));
  const reset = () => to(...now().all);
  return { to, by, pan, reset, pan_by_mouse, wheel, buttons };
};
