// An SMS centre around the server of the npm package smpp: it takes messages, sends receipts, brings replies, and
// does what the tests want of it. Settings are the first argument, commands come as lines of JSON on stdin, what
// happens goes as lines of JSON to stdout. What was not thanked for is brought again to whoever binds next.
'use strict';
const fs = require('fs');
const smpp = require('smpp');

const settings = Object.assign(
	{ port: 0, id: 'mingbai', password: 'secret', receipts: true, quiet: false, tls: null, start: 1, delay: 0 },
	JSON.parse(process.argv[2] || '{}')
);
let next = settings.start, taken = 0, thanked = 0, inquiries = 0;
let holdAfter = Infinity, throttle = 0, refuse = {};
const held = [], sessions = new Set(), owed = new Map();
let owedNext = 1;

const say = (what) => process.stdout.write(JSON.stringify(what) + '\n');

function text(pdu) {
	const message = pdu.short_message && pdu.short_message.message;
	return Buffer.isBuffer(message) ? message.toString('hex') : message;
}

function bring(message) {
	const key = owedNext++;
	owed.set(key, message);
	for (const session of sessions) { offer(session, key); break; }
}

function offer(session, key) {
	const message = owed.get(key);
	if (!message) return;
	session.deliver_sm(Object.assign({}, message), (answer) => {
		if (answer.command_status === 0 && owed.delete(key)) thanked += 1;
	});
}

function receipt(pdu, id) {
	const last = pdu.destination_addr.slice(-1);
	const stat = last === '9' ? 'UNDELIV' : 'DELIVRD';
	const body = `id:${id} sub:001 dlvrd:00${stat === 'DELIVRD' ? 1 : 0} submit date:2611220100 done date:2611220101 `
		+ `stat:${stat} err:00${stat === 'DELIVRD' ? 0 : 1} text:`;
	bring({ esm_class: 4, source_addr: pdu.destination_addr, destination_addr: pdu.source_addr, short_message: body,
		receipted_message_id: id });
}

function take(session, pdu) {
	taken += 1;
	const id = 'm' + (next++);
	const udh = pdu.short_message && pdu.short_message.udh;
	if (!settings.quiet) {
		say({ is: 'taken', id, to: pdu.destination_addr, from: pdu.source_addr, text: text(pdu), coding: pdu.data_coding,
			udh: udh ? Buffer.concat(udh.map ? udh.map((x) => Buffer.isBuffer(x) ? x : Buffer.from([])) : [udh]).toString('hex') : null,
			esm: pdu.esm_class, at: Date.now() });
	}
	const acknowledge = () => {
		session.send(pdu.response({ message_id: id }));
		if (!settings.quiet) say({ is: 'acknowledged', id });
		if (settings.receipts && pdu.registered_delivery) {
			if (settings.delay) setTimeout(() => receipt(pdu, id), settings.delay); else receipt(pdu, id);
		}
	};
	if (taken > holdAfter) { held.push(acknowledge); say({ is: 'held', count: held.length, taken }); }
	else acknowledge();
}

function listen(session) {
	session.on('error', () => {});
	session.on('bind_transceiver', (pdu) => {
		if (pdu.system_id !== settings.id || pdu.password !== settings.password) {
			session.send(pdu.response({ command_status: smpp.ESME_RINVPASWD }));
			session.close();
			return;
		}
		session.send(pdu.response({ system_id: 'centre' }));
		sessions.add(session);
		say({ is: 'bound' });
		for (const key of [...owed.keys()]) offer(session, key);
	});
	session.on('submit_sm', (pdu) => {
		if (throttle > 0) {
			throttle -= 1;
			say({ is: 'throttled', at: Date.now() });
			session.send(pdu.response({ command_status: smpp.ESME_RTHROTTLED }));
		} else if (refuse[pdu.destination_addr]) {
			say({ is: 'refused', to: pdu.destination_addr });
			session.send(pdu.response({ command_status: refuse[pdu.destination_addr] }));
		} else take(session, pdu);
	});
	session.on('enquire_link', (pdu) => { inquiries += 1; session.send(pdu.response()); });
	session.on('unbind', (pdu) => { session.send(pdu.response()); say({ is: 'unbound' }); session.close(); });
	session.on('close', () => { sessions.delete(session); });
}

const options = {};
if (settings.tls) { options.key = fs.readFileSync(settings.tls.key); options.cert = fs.readFileSync(settings.tls.cert); }
const server = smpp.createServer(settings.tls ? Object.assign({ tls: true }, options) : options, listen);
server.on('error', (error) => { say({ is: 'error', what: String(error) }); process.exit(1); });
server.listen(settings.port, '127.0.0.1', () => say({ is: 'listening', port: server.address().port }));

const commands = {
	reply: (c) => (c.parts || [c]).forEach((part) => bring(Object.assign(
		{ source_addr: c.from, destination_addr: '10690000', short_message: part.hex ? Buffer.from(part.hex, 'hex') : part.text },
		part.pdu))),
	cut: () => { for (const session of sessions) session.socket.destroy(); },
	hold: (c) => { holdAfter = taken + c.after; },
	release: () => { holdAfter = Infinity; held.splice(0).forEach((acknowledge) => acknowledge()); },
	throttle: (c) => { throttle = c.count; },
	refuse: (c) => { refuse[c.to] = c.status; },
	silence: () => { for (const session of sessions) { session.pause(); sessions.delete(session); } },
	counts: () => say({ is: 'counts', taken, thanked, owed: owed.size, held: held.length, inquiries }),
};
let rest = '';
process.stdin.on('data', (data) => {
	rest += data;
	const lines = rest.split('\n');
	rest = lines.pop();
	for (const line of lines) if (line) { const c = JSON.parse(line); commands[c.do](c); say({ is: 'done', what: c.do }); }
});
process.stdin.on('end', () => process.exit(0));
