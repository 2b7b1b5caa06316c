// Owns the one event stream of a browser and hands each state to every tab that is looked at.

const tabs = new Map();
let source = null;
let newest = null;
let live = false;
let retry = null;
let heard = 0;

function tell(message) {
  for (const [port, tab] of tabs) if (tab.visible) port.postMessage(message);
}

function setLive(value) {
  if (live === value) return;
  live = value;
  tell({ live });
}

function close() {
  source?.close();
  source = null;
}

function open() {
  clearTimeout(retry);
  close();
  heard = Date.now();
  source = new EventSource('/api/v1/stream');
  source.addEventListener('state', (event) => {
    heard = Date.now();
    newest = event.data;
    setLive(true);
    tell({ state: newest });
  });
  source.onerror = () => {
    setLive(false);
    // The browser comes back by itself unless the server answered something else than a stream.
    if (source?.readyState !== EventSource.CLOSED) return;
    close();
    retry = setTimeout(follow, 1000);
  };
}

function follow() {
  const wanted = [...tabs.values()].some((tab) => tab.visible);
  if (wanted && !source) open();
  if (!wanted && source) {
    close();
    live = false;
  }
}

// A stream that says nothing for so long, not even the comment that is due every 15 s, has ended
// without the browser noticing; a paused meter still sends a state now and then.
setInterval(() => { if (source && Date.now() - heard > 45_000) open(); }, 5000);

onconnect = ({ ports: [port] }) => {
  tabs.set(port, { visible: false });
  port.onmessage = ({ data }) => {
    if (data.leaves) {
      tabs.delete(port);
      port.close();
    } else {
      tabs.get(port).visible = data.visible;
      if (data.visible && newest) port.postMessage({ state: newest, live });
    }
    follow();
  };
};
