'use strict';

const period = 2000;
let before = null;
let last = null;

function cell(text, kind) {
    const td = document.createElement('td');
    td.textContent = text;
    if (kind) {
        td.className = kind;
    }
    return td;
}

function fill(id, rows) {
    const body = document.querySelector('#' + id + ' tbody');
    body.replaceChildren(...rows.map(cells => {
        const tr = document.createElement('tr');
        tr.append(...cells);
        return tr;
    }));
}

function bytes(value) {
    const units = ['B', 'KiB', 'MiB', 'GiB'];
    let unit = 0;
    while (value >= 1024 && unit < units.length - 1) {
        value /= 1024;
        unit++;
    }
    return value.toFixed(unit ? 1 : 0) + ' ' + units[unit];
}

// Counters begin anew when a proxy restarts: a step back is no rate.
function rate(now, then, field, seconds) {
    return then && seconds > 0 ? Math.max(0, now[field] - then[field]) / seconds : 0;
}

function proxies(state) {
    fill('proxies', state.proxies.map(p => p.error
        ? [cell(p.node), cell('no answer', 'bad'), cell(p.error, 'note')]
        : [cell(p.node), cell(p.ready ? 'yes' : 'no: ' + p.pending.join(', '), p.ready ? 'good' : 'bad'), cell(p.captureMode), cell(p.inKernelForwarding.split(':')[0]),
            cell(p.capturedPods + '/' + p.pods, p.capturedPods === p.pods ? '' : 'bad'), cell(p.availableCertificates + '/' + p.certificates, p.availableCertificates === p.certificates ? '' : 'bad'),
            cell(p.connections), cell(p.tunnels), cell(p.version)]));
}

function edges(state) {
    const earlier = new Map((before ? before.edges : []).map(e => [e.source + '>' + e.destination, e]));
    const seconds = before ? (Date.parse(state.time) - Date.parse(before.time)) / 1000 : 0;
    fill('edges', state.edges.map(e => {
        const then = earlier.get(e.source + '>' + e.destination);
        const requests = rate(e, then, 'requests', seconds);
        const errors = rate(e, then, 'failedRequests', seconds);
        const refused = rate(e, then, 'failedConnections', seconds);
        const took = rate(e, then, 'requestMilliseconds', seconds);
        return [cell(e.source), cell(e.destination), cell(e.security, e.security === 'plaintext' ? 'bad' : 'good'), cell(rate(e, then, 'connections', seconds).toFixed(1)),
            cell(refused.toFixed(1), refused > 0 ? 'bad' : ''), cell(requests.toFixed(1)), cell(requests > 0 ? (100 * errors / requests).toFixed(1) + ' %' : '–', errors > 0 ? 'bad' : ''),
            cell(requests > 0 ? (took / requests).toFixed(1) + ' ms' : '–'), cell(bytes(rate(e, then, 'bytes', seconds)))];
    }));
}

function workloads(state) {
    const wanted = document.getElementById('filter').value;
    fill('workloads', state.workloads.filter(w => (w.namespace + '/' + w.name).includes(wanted)).map(w => [
        cell(w.namespace), cell(w.name), cell(w.node), cell(w.health, w.health === 'healthy' ? 'good' : 'bad'), cell(w.inMesh ? 'yes' : 'no', w.inMesh ? 'good' : ''), cell(w.policies)]));
}

function say(text, bad) {
    const state = document.getElementById('state');
    state.textContent = text;
    state.className = bad ? 'bad' : '';
}

async function refresh() {
    try {
        const response = await fetch('/api/mesh');
        if (!response.ok) {
            throw new Error('the command answers ' + response.status);
        }
        const state = await response.json();
        document.getElementById('mesh').textContent = state.mesh;
        proxies(state);
        edges(state);
        workloads(state);
        say(state.controlError || 'as of ' + new Date(state.time).toLocaleTimeString(), state.controlError);
        before = state;
        last = state;
    } catch (e) {
        say('no answer: does nodemesh dashboard still run? (' + e.message + ')', true);
    }
    setTimeout(refresh, period);
}

document.getElementById('filter').addEventListener('input', () => last && workloads(last));
refresh();
