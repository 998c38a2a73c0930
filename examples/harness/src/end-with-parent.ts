// Imported first into each server that `startServer` starts: however this process' parent ends, its end of the pipe closes.
process.stdin.on('end', () => process.exit(1)).resume()
// It is no reason to stay, either. On a pipe, standard input is a socket.
if ('unref' in process.stdin) process.stdin.unref()
