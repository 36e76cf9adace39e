'use strict';
(() => {
  const live = document.getElementById('live');
  const say = (text, bad) => { live.textContent = '· ' + text; live.classList.toggle('bad', bad); };

  // like makes an element like another, and touches only what differs, so that
  // focus, scrolling, opened details and what was typed stay.
  const like = (have, want) => {
    if (have.isEqualNode(want)) return;
    if (have.nodeType !== 1) { have.nodeValue = want.nodeValue; return; }
    if ('own' in have.dataset) return;
    for (const {name} of [...have.attributes]) if (name !== 'open' && !want.hasAttribute(name)) have.removeAttribute(name);
    for (const {name, value} of want.attributes) if (name !== 'open' && have.getAttribute(name) !== value) have.setAttribute(name, value);
    const keyed = new Map();
    for (const child of have.children) if (child.dataset.key) keyed.set(child.dataset.key, child);
    const wanted = new Set();
    for (const child of want.children) if (child.dataset.key) wanted.add(child.dataset.key);
    let at = have.firstChild;
    const gone = node => node && node.nodeType === 1 && node.dataset.key && !wanted.has(node.dataset.key);
    for (const child of [...want.childNodes]) {
      while (gone(at)) { const next = at.nextSibling; at.remove(); at = next; }
      const key = child.nodeType === 1 && child.dataset.key;
      let same = key ? keyed.get(key) : at;
      if (same && !key && (same.nodeName !== child.nodeName || (same.nodeType === 1 && same.dataset.key))) same = null;
      if (!same) { have.insertBefore(document.importNode(child, true), at); continue; }
      if (same === at) at = at.nextSibling; else have.insertBefore(same, at);
      like(same, child);
    }
    while (at) { const next = at.nextSibling; at.remove(); at = next; }
  };

  const show = page => {
    const focused = document.activeElement;
    document.title = page.title;
    document.getElementById('icon').replaceWith(document.importNode(page.getElementById('icon'), true));
    for (const part of ['header', 'main']) like(document.querySelector(part), page.querySelector(part));
    if (document.activeElement === focused) return;
    // What had the focus was moved, or stands elsewhere now.
    const href = focused.getAttribute && focused.getAttribute('href');
    const again = focused.isConnected ? focused : href && document.querySelector('a[href="' + CSS.escape(href) + '"]');
    if (again) again.focus({preventScroll: true});
  };

  let busy = false, stale = false;
  const refresh = async () => {
    if (busy || document.hidden) { stale = true; return; }
    busy = true; stale = false;
    try {
      const answer = await fetch(location.href, {credentials: 'same-origin'});
      if (!answer.ok && answer.status !== 404) throw new Error(answer.statusText);
      show(new DOMParser().parseFromString(await answer.text(), 'text/html'));
    } catch { say('not connected, this may be old', true); }
    setTimeout(() => { busy = false; if (stale) refresh(); }, 500);
  };

  const listen = () => {
    const source = new EventSource('/events');
    source.addEventListener('change', refresh);
    source.onopen = () => say('live', false);
    source.onerror = () => {
      say('not connected, this may be old', true);
      if (source.readyState === EventSource.CLOSED) setTimeout(listen, 5000);
    };
  };
  listen();
  document.addEventListener('visibilitychange', () => { if (stale) refresh(); });
  setInterval(refresh, 30000); // "3 min ago" grows old by itself
})();
