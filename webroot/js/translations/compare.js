/** The texts of the comparison page. */

import { translator } from "../common/i18n.js";
import header from "./header.js";
import signIn from "./sign-in.js";

const texts = {
  en: {
    browser: "browser",
    bytes: "Bytes on the wire",
    bytesEach: "{bytes} per message",
    chart: "The delay of each message by transport: the last {seconds} seconds, logarithmic",
    chartTitle: "The delay of each message",
    counted: "How this is measured",
    countedDelay:
      "A message counts as sent when this page starts to send it by POST, and as received when the page has it. Both times are of the same clock, and all four delays include the POST. Mean and p99 are those of the last thousand messages.",
    countedBytes:
      "Bytes are bodies, frames and headers in both directions, as over HTTP/1.1, without TCP, IP and TLS, and without the POSTs, which all four share. Response headers are those that the browser shows to a page, request headers those that such a browser sends; the network log of Chromium shows the same within a few per cent.",
    countedReset: "Moving a slider resets all figures.",
    cpu: "The server uses {part} % of one core for these four transports and everything else.",
    empty: "{count} empty",
    interval: "Short polling interval",
    lead: "The same messages of the same room, received in four ways at once. Rings are requests, dots are messages.",
    long: "Long polling",
    longIs: "the server answers when there is a message",
    mean: "Mean delay",
    noLog:
      "The room {room} keeps no log on this server, so it cannot be polled. Set history.messages above 0 for compare:*.",
    now: "now",
    p99: "p99",
    pause: "Pause",
    paused: "paused",
    perSecond: "{count}/s",
    rate: "Messages per second",
    refused: "The server does not let this page publish in {room}: {reason}",
    requests: "Requests",
    resume: "Resume",
    summaryPolling:
      "Short polling sends a request every {interval}; {empty} of its {requests} requests returned no message, and messages still arrive {delay} late on average. A longer interval adds delay, a shorter one adds load.",
    summaryWebSocket:
      "The WebSocket stays open: after one request the server sends each message by itself, {socket} after it was sent, with {socketBytes} where long polling needs {longBytes}.",
    summaryLater: "Figures follow as soon as each transport has received a message.",
    server: "server",
    short: "Short polling",
    shortIs: "sends a request at an interval, answered at once",
    socket: "WebSocket",
    socketIs: "one request, then both sides send",
    stopped: "Paused, because no setting was changed for ten minutes.",
    stream: "Server-sent events",
    streamIs: "one request with an endless answer",
    title: "Four ways to receive a message – Stentor",
    heading: "Four ways to receive a message",
  },
  zh: {
    browser: "浏览器",
    bytes: "传输字节数",
    bytesEach: "每条消息 {bytes}",
    chart: "最近 {seconds} 秒内每条消息经各传输方式的延迟，对数刻度",
    chartTitle: "每条消息的延迟",
    counted: "测量方法",
    countedDelay:
      "延迟从本页开始以 POST 发送消息时算起，到本页收到它为止。两个时刻取自同一个时钟，四种延迟都包含 POST 的耗时。平均值与 p99 取自最近一千条消息。",
    countedBytes:
      "字节数包括双向的正文、帧和头部，按 HTTP/1.1 计算，不含 TCP、IP 和 TLS，也不含四种方式共用的 POST。响应头取浏览器向页面公开的部分，请求头按此类浏览器实际发送的内容估算；与 Chromium 网络日志的差异在百分之几以内。",
    countedReset: "移动滑块会重置所有数字。",
    cpu: "服务器占用一个核心的 {part} %，包括这四种传输方式和其他所有工作。",
    empty: "{count} 次空响应",
    interval: "短轮询间隔",
    lead: "同一个房间的同一批消息，同时用四种方式接收。圆环是请求，圆点是消息。",
    long: "长轮询",
    longIs: "有消息时服务器才响应",
    mean: "平均延迟",
    noLog: "此服务器不为房间 {room} 保留日志，因此无法轮询。请将 compare:* 的 history.messages 设为大于 0。",
    now: "现在",
    p99: "p99",
    pause: "暂停",
    paused: "已暂停",
    perSecond: "每秒 {count} 条",
    rate: "每秒消息数",
    refused: "服务器不允许本页在 {room} 中发布消息：{reason}",
    requests: "请求数",
    resume: "继续",
    summaryPolling:
      "短轮询每隔 {interval} 请求一次，{requests} 次请求中有 {empty} 次是空响应，而消息平均要等 {delay} 才收到。间隔越长延迟越大，间隔越短负载越重。",
    summaryWebSocket:
      "WebSocket 连接一直开着：请求一次之后，服务器主动发送每条消息，发出后 {socket} 就收到，每条只用 {socketBytes}，而长轮询需要 {longBytes}。",
    summaryLater: "每种传输方式都收到消息后，这里会显示结果。",
    server: "服务器",
    short: "短轮询",
    shortIs: "定时发送请求，服务器立即响应",
    socket: "WebSocket",
    socketIs: "请求一次，此后双方都可发送",
    stopped: "十分钟内没有更改任何设置，已暂停。",
    stream: "服务器推送事件",
    streamIs: "请求一次，响应一直不结束",
    title: "接收消息的四种方式 – Stentor",
    heading: "接收消息的四种方式",
  },
};

export default texts;

export const translate = translator(header, signIn, texts);
