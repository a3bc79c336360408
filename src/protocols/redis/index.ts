/** Redis' protocol, RESP: its codec, a client, and a small server. */
export { encodeRedisCommand, encodeResp, type RespVersion, SimpleString } from "./encode.ts";
export { RedisKeyspace } from "./keyspace.ts";
export { PubSub } from "./pub-sub.ts";
export { RedisClient, type RedisClientOptions } from "./redis-client.ts";
export {
  type RedisCommand,
  RedisConnection,
  type RedisReply,
  RedisServer,
  type RedisServerOptions,
} from "./redis-server.ts";
export { RespDecoder, type RespFormat } from "./resp-decoder.ts";
export { type RedisArgument, RedisReplyError, RespPush, type RespValue } from "./values.ts";
