// What CloudFront does with an answer before it goes out: the page that tells that there is no such
// page says so in its metadata (infra/releases.py). CloudFront's own error pages can't tell it: they
// would take the place of the API's answers, too.
function handler(event) {
  const response = event.response;
  const status = response.headers['x-amz-meta-status'];
  if (status && response.statusCode === 200) {
    response.statusCode = Number(status.value);
    response.statusDescription = 'Not Found';
  }
  delete response.headers['x-amz-meta-status'];
  return response;
}
