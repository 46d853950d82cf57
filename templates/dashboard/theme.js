// Light, dark, or as the system says. Kept where the browser lets us.
const theme = (() => {
  const names = ['system', 'light', 'dark'], labels = { system: '◐ System', light: '☀ Light', dark: '☾ Dark' };
  const kept = () => { try { return localStorage.getItem('perfwarden-theme'); } catch { return null; } };
  const keep = (name) => { try { localStorage.setItem('perfwarden-theme', name); } catch { /* file:// of some browsers */ } };
  const listeners = [];
  const toggle = button('', { class: 'theme' });
  let now = choice(kept(), names);
  const show = () => {
    if (now === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = now;
    toggle.textContent = labels[now];
    toggle.setAttribute('aria-label', `Theme: ${now}. Press to change`);
    listeners.forEach((listener) => listener());
  };
  toggle.addEventListener('click', () => {
    now = names[(names.indexOf(now) + 1) % names.length];
    keep(now);
    show();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', show);
  show();

  // Colours of the style sheet for a canvas, resolved by the browser.
  const probe = el('span', { class: 'unseen', 'aria-hidden': 'true' });
  document.body.append(probe);
  const colour = (name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  return { toggle, colour, changed: (listener) => listeners.push(listener) };
})();
