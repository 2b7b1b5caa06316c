// The newest state of the meter. One shared worker owns the event stream for all tabs of a
// browser, since browsers open only six connections to a host; where there are no shared workers,
// each tab has its own stream and closes it while hidden.

/** Calls `onState` with each state and `onLink` with true or false as the stream comes and goes. */
export function openStream({ onState, onLink }) {
  if (typeof SharedWorker === 'function') return sharedStream(onState, onLink);
  return ownStream(onState, onLink);
}

function sharedStream(onState, onLink) {
  let port = null;
  const attach = () => {
    const worker = new SharedWorker('/assets/stream-worker.js', { name: 'kvadrant' });
    port = worker.port;
    port.onmessage = ({ data }) => {
      if (data.state) onState(JSON.parse(data.state));
      if ('live' in data) onLink(data.live);
    };
    port.start();
    port.postMessage({ visible: !document.hidden });
  };
  attach();
  document.addEventListener('visibilitychange', () =>
    port.postMessage({ visible: !document.hidden }));
  addEventListener('pagehide', () => port.postMessage({ leaves: true }));
  addEventListener('pageshow', (event) => { if (event.persisted) attach(); });
}

function ownStream(onState, onLink) {
  let source = null;
  const close = () => {
    source?.close();
    source = null;
  };
  const open = () => {
    if (source) return;
    source = new EventSource('/api/v1/stream');
    source.addEventListener('state', (event) => {
      onLink(true);
      onState(JSON.parse(event.data));
    });
    source.onerror = () => {
      onLink(false);
      if (source?.readyState !== EventSource.CLOSED) return;
      close();
      setTimeout(() => { if (!document.hidden) open(); }, 1000);
    };
  };
  const follow = () => (document.hidden ? close() : open());
  document.addEventListener('visibilitychange', follow);
  addEventListener('pagehide', close);
  addEventListener('pageshow', follow);
  follow();
}
