/** Connections that go on to somewhere else. */
export {
  type ForwardDestination,
  type ForwardEndpoint,
  type ForwardOptions,
  portForward,
} from "./port-forward.ts";
export { joinTransports } from "./join.ts";
