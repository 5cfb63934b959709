// Node's `ws` for bench/fanout.py, broadcasting as its README does: node ws_server.mjs SHARED CONNECTIONS
import { openSync, readSync, writeSync } from 'node:fs';
import { WebSocketServer } from 'ws';

const WINDOW_TICKS = 16;
const FIRST_SEQ = 1_000_000;
const [PORT, , GO, RECEIVED_BYTES, FRAME_BYTES, STOP, CPU_US] = [0, 1, 2, 3, 4, 5, 6];

const [path, count] = process.argv.slice(2);
const connections = Number(count);
const file = openSync(path, 'r+');
const eight = Buffer.alloc(8);

function read(place) {
  readSync(file, eight, 0, 8, place * 8);
  return Number(eight.readBigInt64LE());
}

function write(place, number) {
  eight.writeBigInt64LE(BigInt(Math.round(number)));
  writeSync(file, eight, 0, 8, place * 8);
}

function payload(seq) {
  const body = `{"item_id":"itm_01JZZZZZZZZZZZZZZZZZZZZZZZ","left":12,"text":"${'x'.repeat(150)}"}`;
  const entry = `{"seq":${seq},"kind":"stock","at_ms":1790000000000,"body":${body}}`;
  return `{"t":"frames","epoch":1,"after":${seq - 1},"seq":${seq},"entries":[${entry}]}`;
}

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false, backlog: 4096 });
server.on('listening', () => write(PORT, server.address().port));

function wait() {
  if (read(GO)) {
    let seq = FIRST_SEQ;
    let sent = 0;
    const started = process.cpuUsage();
    const tick = () => {
      if (read(STOP)) {
        const { user, system } = process.cpuUsage(started);
        write(CPU_US, user + system);
        process.exit(0);
      }
      if (sent - read(RECEIVED_BYTES) / read(FRAME_BYTES) > WINDOW_TICKS * connections) {
        setTimeout(tick, 2);
        return;
      }
      seq += 1;
      const data = Buffer.from(payload(seq));
      for (const client of server.clients) client.send(data, { binary: false });
      sent += connections;
      setImmediate(tick);
    };
    tick();
  } else setTimeout(wait, 10);
}
wait();
