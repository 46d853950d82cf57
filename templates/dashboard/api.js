// Questions to the server that sent this page. An exported page has none.
const api = (() => {
  const ask = async (path, options) => {
    const response = await fetch(`${root}api/v1/${path}`, { credentials: 'same-origin', cache: 'no-store', ...options });
    const answer = await response.json().catch(() => ({}));
    if (response.ok) return answer;
    const { what = `the server answered ${response.status}`, hint = '' } = answer.error ?? {};
    throw Object.assign(new Error(hint ? `${what}. ${hint}` : what), { status: response.status, answer });
  };
  return {
    get: (path) => ask(path),
    post: (path, body) => ask(path, { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json', 'X-Perfwarden-CSRF': document.body.dataset.csrf ?? '' } }),
  };
})();
