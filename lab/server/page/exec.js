// What a page, a sandboxed frame or a worker does for one request of a scenario. Results have the form of recordings.
'use strict';

// How long a page waits for an event, in milliseconds: some things fire none. Preloads of no known kind are among them, and
// all others answer at once.
const NO_EVENT = 4000;
const NO_PRELOAD = 1000;

// orNoEvent resolves to what the promise does, or to there being no event.
function orNoEvent(promise, milliseconds) {
  let timer;
  const none = new Promise(resolve => { timer = setTimeout(() => resolve({ error: 'no event' }), milliseconds); });
  return Promise.race([promise, none]).finally(() => clearTimeout(timer));
}

// exec makes a request and resolves to what script saw of it. It never rejects.
async function exec(request, id) {
  try {
    switch (request.api || 'fetch') {
      case 'fetch': return await execFetch(request);
      case 'xhr': return await execXHR(request);
      case 'eventsource': return await execEventSource(request);
      case 'font': return await orNoEvent(execFont(request, id), NO_EVENT);
      case 'preload': return await orNoEvent(execElement(request), NO_PRELOAD);
      default: return await orNoEvent(execElement(request), NO_EVENT);
    }
  } catch (e) {
    return { error: String(e) };
  }
}

async function execFetch(request) {
  const init = { method: request.method, headers: request.headers || [] };
  for (const member of ['mode', 'credentials', 'redirect'])
    if (request[member]) init[member] = request[member];
  const body = bodyOf(request);
  if (body != null) init.body = body;
  if (request.bodyKind === 'stream') init.duplex = 'half';
  const r = await fetch(request.url, init);
  const text = await r.text().catch(String);
  return { type: r.type, status: r.status, statusText: r.statusText, ok: r.ok, url: r.url, redirected: r.redirected, headers: [...r.headers], body: text };
}

function bodyOf(request) {
  switch (request.bodyKind) {
    case 'urlsearchparams': return new URLSearchParams('a=1');
    case 'formdata': { const form = new FormData(); form.append('a', '1'); return form; }
    case 'blob': return new Blob(['x'], { type: request.blobType || '' });
    case 'stream': return new ReadableStream({ start(c) { c.enqueue(new TextEncoder().encode('x')); c.close(); } });
    default: return request.body;
  }
}

function execXHR(request) {
  return new Promise((resolve, reject) => {
    const x = new XMLHttpRequest();
    x.onload = () => resolve({ status: x.status, url: x.responseURL, headers: xhrHeaders(x), body: x.responseText });
    x.onerror = () => resolve({ error: 'error event' });
    try {
      x.open(request.method || 'GET', request.url);
      for (const [name, value] of request.headers || []) x.setRequestHeader(name, value);
      x.withCredentials = request.credentials === 'include';
      if (request.uploadListener) x.upload.onprogress = () => {};
      x.send(bodyOf(request) ?? null);
    } catch (e) { reject(e); }
  });
}

function xhrHeaders(x) {
  return x.getAllResponseHeaders().split(/\r?\n/).filter(Boolean).map(line => {
    const i = line.indexOf(': ');
    return i < 0 ? [line.replace(/:$/, ''), ''] : [line.slice(0, i), line.slice(i + 2)];
  });
}

// An event source would connect again after an error; the first event is its result. WebKit has none for a blocked port.
function execEventSource(request) {
  const source = new EventSource(request.url, { withCredentials: request.credentials === 'include' });
  const first = new Promise(resolve => {
    source.onopen = () => resolve({ loaded: true });
    source.onerror = () => resolve({ error: 'error event' });
  });
  return orNoEvent(first, NO_EVENT).finally(async () => {
    // Firefox has more to say of one that failed for good, and does not once it is closed.
    if (source.readyState === EventSource.CLOSED) await new Promise(resolve => setTimeout(resolve, 50));
    source.close();
  });
}

async function execFont(request, id) {
  const url = request.url.replace(/["\\\p{Cc}]/gu, c => '\\' + c.codePointAt(0).toString(16) + ' ');
  await new FontFace('f' + id, `url("${url}")`).load();
  return { loaded: true };
}

const elements = {
  script: () => [document.createElement('script'), 'src'],
  module: () => [Object.assign(document.createElement('script'), { type: 'module' }), 'src'],
  stylesheet: () => [Object.assign(document.createElement('link'), { rel: 'stylesheet' }), 'href'],
  preload: () => [Object.assign(document.createElement('link'), { rel: 'preload' }), 'href'],
  img: () => [document.createElement('img'), 'src'],
  video: () => [Object.assign(document.createElement('video'), { muted: true, preload: 'auto' }), 'src'],
  audio: () => [Object.assign(document.createElement('audio'), { muted: true, preload: 'auto' }), 'src'],
};

function execElement(request) {
  return new Promise(resolve => {
    const [element, address] = elements[request.api]();
    if (request.crossorigin != null) element.crossOrigin = request.crossorigin;
    if (request.as != null) element.as = request.as;
    element.onload = element.onloadeddata = () => resolve({ loaded: true });
    element.onerror = () => resolve({ error: 'error event' });
    element[address] = request.url;
    document.body.appendChild(element);
  });
}
