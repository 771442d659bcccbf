/** The texts of the API page. Those of the contract are in `js/api/chinese.js`. */

import { translator } from "../common/i18n.js";
import header from "./header.js";

const texts = {
  en: {
    body: "Body",
    contents: "On this page",
    copied: "Copied",
    copy: "Copy the command",
    credentials: "API key or token",
    credentialsHint: "Sent with the requests of this page. It is not stored.",
    cut: "… (the rest is not shown)",
    failed: "The description of the API could not be loaded ({reason}). Reload the page to try again.",
    filter: "Filter",
    filterHint: "A path or a word, for example members",
    header: "header",
    heading: "HTTP API",
    lead: "Every endpoint with its parameters and answers. Open one to send a request to this server, or copy it as a command.",
    machines: "For programs:",
    mediaType: "Media type of the body",
    none: "No endpoint matches. Clear the filter to see all.",
    others: "others",
    path: "path",
    query: "query",
    request: "Request",
    required: "required",
    responses: "Responses",
    send: "Send",
    sending: "Waiting for the answer …",
    stop: "Stop",
    title: "HTTP API – Stentor",
    unreachable: "The server cannot be reached. Check that it is running, then send again.",
  },
  zh: {
    body: "请求体",
    contents: "本页目录",
    copied: "已复制",
    copy: "复制命令",
    credentials: "API 密钥或令牌",
    credentialsHint: "随本页发出的请求一起发送，不会保存。",
    cut: "…（其余内容不再显示）",
    failed: "无法加载接口描述（{reason}），请刷新页面重试。",
    filter: "筛选",
    filterHint: "路径或关键词，例如 members",
    header: "请求头",
    heading: "HTTP 接口",
    lead: "所有接口及其参数和响应。展开后可直接向本服务器发送请求，也可复制为命令。",
    machines: "供程序读取：",
    mediaType: "请求体的媒体类型",
    none: "没有匹配的接口。清空筛选条件即可查看全部。",
    others: "其他",
    path: "路径",
    query: "查询参数",
    request: "请求",
    required: "必填",
    responses: "响应",
    send: "发送",
    sending: "正在等待响应……",
    stop: "停止",
    title: "HTTP 接口 – Stentor",
    unreachable: "无法连接服务器。请确认服务器正在运行，然后重新发送。",
  },
};

export default texts;

export const translate = translator(header, texts);
