/** The texts of the page of live quotes. */

import { translator } from "../common/i18n.js";
import header from "./header.js";
import signIn from "./sign-in.js";

const texts = {
  en: {
    change: "Change",
    chart: "{symbol}: {price}, {change} since the opening; between {least} and {most} in the last {seconds} seconds.",
    chartEmpty: "{symbol}: no price yet.",
    chartLabel: "Chart of the chosen symbol",
    conflated: "Skipped updates",
    count: "Symbols",
    deltas:
      "Messages arrive as deltas where the server allows them: only what has changed since the message before. What is saved refers to their contents, without frames and offsets.",
    frames: "Frames/s",
    heading: "Live quotes",
    last: "Last",
    loading: "Loading quotes…",
    more: "Only the first {count} symbols are shown, since one connection can be in at most 128 rooms.",
    none: "This server has no quotes. Start a node with a simulated market, or publish a price yourself:",
    notShown: "{count} updates not shown",
    pause: "Pause",
    range: "Day: {low} to {high}",
    rate: "Updates/s",
    refused: "The server does not let this page read the quotes: {reason}",
    resume: "Resume",
    saved: "Saved by deltas",
    setDisconnect:
      "These rooms have slowConsumer: disconnect. A page that reads too slowly is disconnected, reconnects and receives everything that it missed.",
    setLatest:
      "These rooms have slowConsumer: latest. A page that reads too slowly receives the newest price and no backlog; updates that were left out for this page are gaps in the offsets and are counted as skipped.",
    setSkip:
      "These rooms have slowConsumer: skip. A page that reads too slowly misses updates; they are gaps in the offsets and are counted as skipped.",
    signInFirst: "Sign in to see the quotes of this server.",
    slow: "Read slowly for 10 s",
    slowDone: "While this page read slowly, the server skipped {count} updates. Each price that it sent was the newest.",
    slowLost: "The connection was lost, so the page no longer reads slowly.",
    slowNow:
      "The server treats this page as one that reads slowly: it sends every 2.5 seconds, and skips prices that are outdated by then.",
    slowRefused: "This node cannot do that: start it with --demo.",
    slowRunning: "Reading slowly: {seconds} s",
    spark: "Last minute",
    symbol: "Symbol",
    tableLabel: "All symbols; choose one for the chart",
    title: "Live quotes – Stentor",
    unreachable: "There is no connection to the server. This page looks for quotes when it is back.",
    updates: "Updates/s",
  },
  zh: {
    change: "涨跌幅",
    chart: "{symbol}：{price}，较开盘 {change}；最近 {seconds} 秒内介于 {least} 与 {most} 之间。",
    chartEmpty: "{symbol}：暂无价格。",
    chartLabel: "所选品种的走势图",
    conflated: "跳过的更新",
    count: "品种数",
    deltas: "在服务器允许时，消息以增量（delta）形式到达：只包含与上一条消息不同的部分。“增量节省”只计消息内容，不含帧和偏移量。",
    frames: "每秒帧数",
    heading: "实时行情",
    last: "最新价",
    loading: "正在加载行情…",
    more: "一个连接最多可加入 128 个房间，因此只显示前 {count} 个品种。",
    none: "此服务器上还没有行情。请启动一个带模拟行情的节点，或自行发布一个价格：",
    notShown: "{count} 次更新未显示",
    pause: "暂停",
    range: "当日：{low} 至 {high}",
    rate: "每秒更新数",
    refused: "服务器不允许本页读取行情：{reason}",
    resume: "继续",
    saved: "增量节省",
    setDisconnect: "这些房间的设置是 slowConsumer: disconnect：读取过慢的页面会被断开，重新连接后补收错过的全部内容。",
    setLatest:
      "这些房间的设置是 slowConsumer: latest：读取过慢的页面直接收到最新价格，不会积压；为本页跳过的更新在偏移量中留下空缺，计入“跳过的更新”。",
    setSkip: "这些房间的设置是 slowConsumer: skip：读取过慢的页面会错过一些更新；它们在偏移量中留下空缺，计入“跳过的更新”。",
    signInFirst: "登录后即可查看此服务器的行情。",
    slow: "慢速读取 10 秒",
    slowDone: "本页慢速读取期间，服务器跳过了 {count} 次更新；送达的每个价格在送达时都是最新的。",
    slowLost: "连接已断开，慢速读取随之结束。",
    slowNow: "服务器现在把本页当作读取缓慢的页面：每 2.5 秒发送一次，届时已过时的价格会被跳过。",
    slowRefused: "此节点做不到：请用 --demo 启动它。",
    slowRunning: "慢速读取中：{seconds} 秒",
    spark: "近一分钟",
    symbol: "代码",
    tableLabel: "全部品种；选择一个查看走势图",
    title: "实时行情 – Stentor",
    unreachable: "与服务器的连接已断开，恢复后本页会重新查找行情。",
    updates: "每秒更新数",
  },
};

export default texts;

export const translate = translator(header, signIn, texts);
