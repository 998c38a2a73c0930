import { createServer } from 'node:http'

// A server that says what a receiver says, and does nothing: what the demo must notice.
createServer((request, response) => {
  const provider = request.url?.split('/').at(-1)
  console.log(JSON.stringify({ provider, outcome: 'recorded', events: 1, durationMs: 1 }))
  request.resume()
  response.writeHead(200).end()
}).listen(Number(process.env.PORT), '127.0.0.1')
