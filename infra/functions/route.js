// What CloudFront does with a request before it looks in its cache. Runtime 2.0 of CloudFront
// Functions; infra/edge.py fills in what is in capitals between two underscores, and CloudFormation
// the host. One function for each kind of behaviour: `site`, `published` (below /cijfers/), `api`.
import cf from 'cloudfront';

const KIND = '__KIND__';
const HOST = '${SiteHost}'; // '' where there is no domain of our own
// The policy of the response headers may pass over an answer that a function made: it has them itself.
const HEADERS = __HEADERS__;

async function handler(event) {
  const request = event.request;
  const host = request.headers.host ? request.headers.host.value : '';
  if (HOST && host !== HOST) return moved('https://' + HOST + request.uri, request);
  if (KIND === 'api') {
    // API Gateway knows no path that ends in a slash.
    request.uri = request.uri.replace(/\/+$/, '') || '/';
    return request;
  }
  return file(request);
}

// From the release that is switched on: the store has its paths (infra/releases.py). Below /cijfers/
// from the bucket of what was published, else from what the site has there.
async function file(request) {
  const store = cf.kvs();
  const release = await value(store, 'release');
  if (release === null) return answer(503, 'Service Unavailable', { 'retry-after': { value: '60' } });
  const path = decoded(request.uri);
  const redirect = await elsewhere(store, release, path);
  if (redirect) return moved(redirect, request);
  // What goes on is what the store knows, never what a visitor wrote.
  const known = (await value(store, release + path)) !== null;
  const name = known ? encoded(path.endsWith('/') ? path + 'index.html' : path) : missing(request);
  request.uri = (KIND === 'published' ? '' : '/releases/' + release) + name;
  return request;
}

// Where a path leads on: a former municipality to the one of today, a page to itself with a slash.
async function elsewhere(store, release, path) {
  const own = await value(store, release + path);
  if (own !== null) return own.startsWith('/') ? own : '';
  const folder = path.endsWith('/') ? null : await value(store, release + path + '/');
  if (folder === null) return '';
  return folder.startsWith('/') ? folder : encoded(path + '/');
}

async function value(store, key) {
  try {
    return await store.get(key);
  } catch (error) {
    return null; // there is no such key
  }
}

function missing(request) {
  // A part of the page, or «not modified», would take the place of «not found».
  ['if-none-match', 'if-modified-since', 'if-range', 'range'].forEach(function (name) {
    delete request.headers[name];
  });
  return '/404.html';
}

function decoded(uri) {
  try {
    return decodeURIComponent(uri);
  } catch (error) {
    return uri;
  }
}

function encoded(path) {
  return path.split('/').map(encodeURIComponent).join('/');
}

function moved(location, request) {
  const query = Object.keys(request.querystring).map(function (name) {
    const one = request.querystring[name];
    return (one.multiValue || [one]).map(function (each) {
      return each.value === '' ? name : name + '=' + each.value;
    }).join('&');
  }).join('&');
  return answer(301, 'Moved Permanently', {
    location: { value: query ? location + '?' + query : location },
    'cache-control': { value: 'public, max-age=3600' },
  });
}

function answer(status, description, headers) {
  Object.keys(HEADERS).forEach(function (name) {
    headers[name.toLowerCase()] = { value: HEADERS[name] };
  });
  return { statusCode: status, statusDescription: description, headers: headers };
}
