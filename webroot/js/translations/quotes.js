/** The texts of the page of live quotes. */

import { translator } from "../common/i18n.js";
import header from "./header.js";

const texts = {
  en: {
    change: "Change",
    chart: "{symbol}: {price}, {change} since the opening; between {least} and {most} in the last {seconds} seconds.",
    chartEmpty: "{symbol}: no price yet.",
    conflated: "Conflated",
    count: "Symbols",
    frames: "Frames/s",
    heading: "Live quotes",
    last: "Last",
    loading: "Loading quotes…",
    more: "Only the first {count} symbols are shown, since one connection can be in at most 128 rooms.",
    none: "This server has no quotes. Start a node with a simulated market, or publish a price yourself:",
    notShown: "{count} updates not shown",
    pause: "Pause",
    rate: "Updates/s",
    refused: "The server does not let this page read the quotes: {reason}",
    resume: "Resume",
    setDisconnect:
      "These rooms have slowConsumer: disconnect. A page that reads too slowly is disconnected, reconnects and receives everything that it missed.",
    setLatest:
      "These rooms have slowConsumer: latest. A page that reads too slowly receives the newest price and no backlog; updates that were left out for this page are gaps in the offsets and are counted as conflated.",
    setSkip:
      "These rooms have slowConsumer: skip. A page that reads too slowly misses updates; they are gaps in the offsets and are counted as conflated.",
    spark: "Last minute",
    symbol: "Symbol",
    tableLabel: "All symbols; choose one for the chart",
    title: "Live quotes – Stentor",
    unreachable: "The server cannot be reached. The page tries again every few seconds.",
    updates: "Updates/s",
  },
  zh: {
    change: "涨跌",
    chart: "{symbol}：{price}，较开盘 {change}；最近 {seconds} 秒在 {least} 与 {most} 之间。",
    chartEmpty: "{symbol}：还没有价格。",
    conflated: "合并",
    count: "代码数",
    frames: "每秒帧数",
    heading: "实时行情",
    last: "最新",
    loading: "正在加载行情…",
    more: "一个连接最多可在 128 个房间中，因此只显示前 {count} 个代码。",
    none: "此服务器上没有行情。请启动一个带模拟市场的节点，或自己发布一个价格：",
    notShown: "有 {count} 次更新未显示",
    pause: "暂停",
    rate: "每秒更新",
    refused: "服务器不允许本页读取行情：{reason}",
    resume: "继续",
    setDisconnect: "这些房间设为 slowConsumer: disconnect。读得太慢的页面会被断开，重连后收到错过的全部内容。",
    setLatest: "这些房间设为 slowConsumer: latest。读得太慢的页面只收到最新价格，没有积压；为本页略去的更新表现为偏移量的空缺，计为合并。",
    setSkip: "这些房间设为 slowConsumer: skip。读得太慢的页面会错过一些更新；它们表现为偏移量的空缺，计为合并。",
    spark: "最近一分钟",
    symbol: "代码",
    tableLabel: "全部代码；选择一个以查看走势图",
    title: "实时行情 – Stentor",
    unreachable: "无法连接服务器，每隔几秒会重试。",
    updates: "每秒更新",
  },
};

export default texts;

export const translate = translator(header, texts);
