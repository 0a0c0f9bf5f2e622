// The key stays in this page's memory: nothing is stored in the browser.
const byId = (id) => document.getElementById(id);
let key = '';

async function ask(path, method = 'GET') {
  const answer = await fetch(`/v1/${path}`, { method, headers: { authorization: `Bearer ${key}` } });
  const body = answer.status === 200 ? await answer.json() : {};
  if (!answer.ok) throw new Error(`The gateway answered ${answer.status}.`);
  return body;
}

function cell(text, kind = '') {
  const made = document.createElement('td');
  made.textContent = text;
  made.className = kind;
  return made;
}

function button(label, action) {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = label;
  made.addEventListener('click', () => action().catch(say));
  return made;
}

function say(trouble) {
  byId('says').textContent = trouble instanceof Error ? trouble.message : trouble;
}

async function showAttempts(delivery) {
  const { attempts } = await ask(`webhook-deliveries/${delivery.id}/attempts`);
  byId('heading').hidden = false;
  const items = attempts.map(({ at, status, error, tookMs, excerpt }) => {
    const item = document.createElement('li');
    item.textContent = `${at}: ${status ?? error} in ${tookMs} ms ${excerpt}`;
    return item;
  });
  byId('attempts').replaceChildren(...items);
}

async function resend(delivery) {
  await ask(`webhook-deliveries/${delivery.id}/resend`, 'POST');
  await show();
  say(`${delivery.type} is sent again.`);
}

async function show() {
  const { deliveries } = await ask('webhook-deliveries?limit=100');
  const rows = deliveries.map((delivery) => {
    const row = document.createElement('tr');
    const actions = document.createElement('td');
    actions.append(
      button('Attempts', () => showAttempts(delivery)),
      button('Resend', () => resend(delivery)),
    );
    const { type, eventId, tripId, state, attempts, finishedAt, dueAt } = delivery;
    row.append(...[type, eventId, tripId ?? ''].map((text) => cell(text)));
    row.append(cell(state, state), cell(String(attempts)), cell(finishedAt ?? dueAt), actions);
    return row;
  });
  byId('deliveries').replaceChildren(...rows);
  say(rows.length === 0 ? 'No deliveries yet.' : '');
}

byId('login').addEventListener('submit', (event) => {
  event.preventDefault();
  key = byId('key').value;
  show().catch(say);
});
