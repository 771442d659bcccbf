/** Texts of the contract in Chinese, by the English ones: headings, paragraphs, entries of lists and cells of tables. */
export const chinese = {
  // Groups and operations.
  "Messages": "消息",
  "Publish and read messages.": "发布和读取消息。",
  "Read messages": "读取消息",
  "Publish one message": "发布一条消息",
  "Publish many messages, to one room or many": "批量发布消息，可发往一个或多个房间",
  "Events": "事件流",
  "Server-sent events, for a browser's `EventSource`.": "服务器推送事件（SSE），供浏览器的 `EventSource` 使用。",
  "Stream a room": "以事件流接收房间消息",
  "Rooms": "房间",
  "List rooms and their members.": "列出房间及其成员。",
  "List rooms": "列出房间",
  "The state of one room": "查询房间状态",
  "Who is in a room": "查询房间成员",
  "Servers": "服务端接口",
  "The server API of the Centrifuge protocol. A room is a `channel` there. Every call needs an API key. A response has status 200 and either `result` or `error`; see `docs/CENTRIFUGE.md`.":
    "Centrifuge 协议的服务端 API，房间在其中称为 `channel`。每次调用都需要 API 密钥。响应状态为 200，内容是 `result` 或 `error`；详见 `docs/CENTRIFUGE.md`。",
  "Several commands in one request": "一次请求执行多条命令",
  "Publish in a room": "向房间发布消息",
  "Publish the same message in many rooms": "向多个房间发布同一条消息",
  "How many are in a room": "查询房间人数",
  "Read a room's log": "读取房间日志",
  "Remove the messages of a room": "清空房间消息",
  "Rooms with at least one connection": "列出有连接的房间",
  "The nodes": "列出节点",
  "Subscribe a user's clients to a room": "让用户的客户端订阅房间",
  "Unsubscribe a user's clients from a room": "让用户的客户端退订房间",
  "Disconnect a user": "断开用户连接",
  "Extend or end a user's connections": "延长或终止用户的连接",
  "Several calls in one request": "一次请求执行多次调用",
  "Centrifuge": "Centrifuge 协议",
  "The Centrifuge protocol over HTTP, for its SDKs. Over a WebSocket it is at `/connection/websocket`.":
    "基于 HTTP 的 Centrifuge 协议，供其 SDK 使用。WebSocket 入口为 `/connection/websocket`。",
  "Connect with a stream of lines": "以逐行数据流连接",
  "Connect with an event stream": "以事件流连接",
  "Connect with an event stream, using a body": "以事件流连接（命令放在请求体中）",
  "Send commands for a stream": "为数据流发送命令",
  "Receive rooms as a stream of lines": "以逐行数据流接收房间消息",
  "Receive rooms as an event stream": "以事件流接收房间消息",
  "Receive rooms as an event stream, using a body": "以事件流接收房间消息（参数放在请求体中）",
  "Login": "登录",
  "How users log in.": "用户如何登录。",
  "How users can log in": "查询登录方式",
  "So that a page can ask for what the server accepts.": "供页面据此显示服务器所接受的登录方式。",
  "Demo": "演示",
  "For demonstrations only.": "仅供演示。",
  "Whether there is a demo login": "查询是否提供演示登录",
  "Get a token for any name": "用任意名称获取令牌",
  "About": "关于",
  "This document, and the nodes of the cluster.": "本文档，以及集群的节点。",
  "URLs of the nodes": "查询各节点的 URL",
  "This document, as YAML": "本文档（YAML）",
  "This document, as JSON": "本文档（JSON）",

  // Descriptions of operations.
  "Where this client can connect, this node first. A client whose node does not answer tries the others in turn; its positions are valid on each of them. The list is empty if the node does not know its own URL, for example behind a proxy without `http.publicUrl`: then keep the address that you have.":
    "此客户端可以连接的地址，本节点在最前。节点没有响应时，客户端依次尝试其他节点；位置在每个节点上都有效。如果节点不知道自己的 URL（例如位于代理之后且未设置 `http.publicUrl`），列表为空，请继续使用现有地址。",
  "Polling, and with `wait` long polling. Send `epoch:offset` of the last response as the next `since`.":
    "轮询；带 `wait` 时为长轮询。将上次响应的 `epoch:offset` 作为下一次请求的 `since`。",
  "Without `since` you get the newest messages. If `since` cannot be recovered, `recovered` is false and you get the newest messages; with `strict=true` the response is a 412 instead. `more` means that more messages follow: ask again at once.":
    "不带 `since` 时返回最新消息。如果无法从 `since` 处恢复，`recovered` 为 false，并返回最新消息；带 `strict=true` 时则返回 412。`more` 表示后面还有消息，应立即再次请求。",
  "The response comes when the message is in the room's log, in a cluster on two nodes. The body is the message: text in UTF-8, or one JSON value in UTF-8 without a byte order mark and without unpaired surrogates, which is validated and passed on unchanged. The limit `maxMessageBytes` applies before and after the room's `transform`.":
    "消息写入房间日志后才返回响应；在集群中，需写入两个节点。请求体就是消息本身：UTF-8 文本，或一个 UTF-8 编码的 JSON 值（不含 BOM 和不成对的代理项）；JSON 经校验后原样转发。`maxMessageBytes` 限制在房间的 `transform` 前后各检查一次。",
  "A parameter `tag.NAME=VALUE` sets a tag, such as `tag.region=eu`. A message has at most 16 tags with different names of 1 to 64 bytes and values of at most 256 bytes. Whoever may publish may set the event, tags and the excluded connection.":
    "参数 `tag.NAME=VALUE` 设置一个标签，例如 `tag.region=eu`。一条消息最多有 16 个标签，名称互不相同，长 1 到 64 字节，值最长 256 字节。有发布权限者都可以设置事件、标签和被排除的连接。",
  "Each message is handled on its own: some may be published while others are refused. The response has a result for each, in the same order. Messages of one room keep their order. To repeat a batch without duplicates, give each message an `idempotencyKey`.":
    "每条消息单独处理：可能有的发布成功，有的被拒绝。响应按相同顺序给出每条消息的结果。同一房间的消息保持先后顺序。若要重发整批消息而不产生重复，请为每条消息指定 `idempotencyKey`。",
  "Server-sent events. A message is an event without a type; its `data` is the plain text and its `id` the position, so a browser's `EventSource` resumes by itself with `Last-Event-ID`. The other types:":
    "服务器推送事件。消息是没有类型的事件：`data` 为纯文本，`id` 为位置，因此浏览器的 `EventSource` 会自动用 `Last-Event-ID` 续传。其他类型：",
  "`position`: comes first, with the position at which the stream starts, the ID of the connection and, after a resume, whether everything since then was `recovered`. It comes again when messages were lost or `skipped`, or when the filter matches none.":
    "`position`：最先到达，给出流的起始位置和连接的 ID；续传时还会说明此后的消息是否全部恢复（`recovered`）。有消息丢失或被跳过（`skipped`）时，或过滤条件暂无匹配时，会再次发送。",
  "`members`, `join`, `leave`: with `members=true`, all members, and then who joins and leaves.":
    "`members`、`join`、`leave`：带 `members=true` 时，先给出全部成员，随后通知加入和离开。",
  "`close`: the last event, with a code and a reason, when the server ends the stream. Reconnect after codes from 3000 to 3499, but not after 3500 to 4999.":
    "`close`：服务器结束流时的最后一个事件，带有代码和原因。代码为 3000–3499 时应重新连接，3500–4999 时不应重连。",
  "A comment every 15 seconds keeps a silent stream open.": "没有消息时，每 15 秒发送一行注释以保持连接。",
  "A browser's `EventSource` gives up at any status but 200. Therefore a node that is stopping answers 200 with a stream of `retry:` and a `close` event, and so do limits, instead of 429 and 503, if `Accept` names `text/event-stream`.":
    "浏览器的 `EventSource` 遇到 200 以外的状态就会放弃。因此当 `Accept` 包含 `text/event-stream` 时，正在停止的节点和触发的限流不返回 503 和 429，而是返回 200，流中只有 `retry:` 和一个 `close` 事件。",
  "Rooms that have a log or a connection, ordered by name. If more follow, the response has `next`; send it as `after`.":
    "列出有日志或有连接的房间，按名称排序。如果后面还有，响应中会有 `next`，将其作为 `after` 继续请求。",
  "A room that nobody has used yet is reported as empty, not as an error.": "尚未使用过的房间按空房间返回，不会报错。",
  "All connections on all nodes. Several connections of one user count once in `users`. If more follow, the response has `next`; send it as `after`.":
    "包括所有节点上的所有连接。同一用户的多个连接在 `users` 中只计一次。如果后面还有，响应中会有 `next`，将其作为 `after` 继续请求。",
  "One command per line, each with the name of a method below `/api/` as `method` and its request as `params`; one reply per line, in the same order, with `result` or `error`. At most 1000 commands, executed one after the other. If a line is not a valid command, none is executed. For libraries that do not know the paths of methods, such as gocent 3; `batch` is not available here.":
    "每行一条命令：`method` 为 `/api/` 下的方法名，`params` 为其请求；每行一个回复，顺序相同，内容是 `result` 或 `error`。最多 1000 条命令，依次执行。只要有一行不是有效命令，就全部不执行。供不使用方法路径的库（如 gocent 3）使用；此处不支持 `batch`。",
  "Each room is handled on its own; the responses are in the order of the rooms.": "每个房间单独处理，响应按房间的顺序排列。",
  "Without `limit`, only the position of the log.": "不带 `limit` 时只返回日志的位置。",
  "Offsets and epoch continue as before.": "offset 和 epoch 照旧延续。",
  "Rooms whose `presence` is off are left out.": "不包括关闭了 `presence` 的房间。",
  "Clients of the Centrifuge protocol, on every node.": "作用于所有节点上使用 Centrifuge 协议的客户端。",
  "On every transport and every node. Codes from 3500 to 3999 and from 4500 are final.":
    "作用于所有传输方式和所有节点。代码为 3500–3999 或 4500 及以上时，客户端不再重连。",
  "Executed one after the other, or with `parallel` together. The response has no `result` around it.":
    "依次执行；带 `parallel` 时同时执行。响应外层没有 `result`。",
  "For SDKs of the Centrifuge protocol in networks that block WebSockets. The body is the command `connect`; the response is a stream of replies and pushes, one JSON object per line. Other commands go to `/emulation`. With Protobuf, each command and each reply follows its length.":
    "供 Centrifuge 协议的 SDK 在无法使用 WebSocket 的网络中使用。请求体是 `connect` 命令；响应是由回复和推送组成的数据流，每行一个 JSON 对象。其他命令发往 `/emulation`。使用 Protobuf 时，每条命令和每个回复之前是其长度。",
  "The same as `/connection/http_stream`; each object is the `data` of an event.":
    "与 `/connection/http_stream` 相同，每个对象作为一个事件的 `data`。",
  "On any node, for clients of `/connection/http_stream` and `/connection/sse`. `session` and `node` are from the reply to `connect`; `data` is a string with one command per line. Replies arrive on the stream. With Protobuf, the body is an `EmulationRequest`, and each command in `data` follows its length.":
    "供 `/connection/http_stream` 和 `/connection/sse` 的客户端使用，可发往任一节点。`session` 和 `node` 取自 `connect` 的回复；`data` 为字符串，每行一条命令。回复从数据流中返回。使用 Protobuf 时，请求体是 `EmulationRequest`，`data` 中每条命令之前是其长度。",
  "One request, and an endless stream of pushes, one JSON object per line: `connect`, then `pub` and others, `{}` as a ping, and `disconnect` as the last one. `subs` names the rooms; those that you may not subscribe to are left out of `connect`.":
    "请求一次，得到持续不断的推送流，每行一个 JSON 对象：先是 `connect`，然后是 `pub` 等，`{}` 为心跳，最后是 `disconnect`。`subs` 列出房间；无权订阅的房间不会出现在 `connect` 中。",
  "The same as `/connection/uni_http_stream`; each object is the `data` of an event.":
    "与 `/connection/uni_http_stream` 相同，每个对象作为一个事件的 `data`。",
  "Whether the option `identity.demoLogin` is on, so that a page can offer it.":
    "查询是否启用了 `identity.demoLogin`，以便页面决定是否显示演示登录。",
  "Only if the option `identity.demoLogin` is on, which is off by default; otherwise a 404.":
    "仅在启用 `identity.demoLogin` 时可用（默认关闭），否则返回 404。",

  // Parameters.
  "The room's name, percent-encoded where necessary.": "房间名，必要时进行百分号编码。",
  "Return messages after this position.": "返回此位置之后的消息。",
  "Maximum number of messages in the response.": "响应中的消息数上限。",
  "Seconds to wait for a message if there is none yet (long polling). The response comes with the first one.":
    "暂无消息时等待的秒数（长轮询）。有第一条消息时立即返回。",
  'Only messages whose tags match, in RSQL: `symbol==ACME;price=gt=100`; `;` is "and", `,` is "or". Or the JSON of the Centrifuge protocol, if it begins with `{`.':
    "只返回标签符合条件的消息，使用 RSQL：`symbol==ACME;price=gt=100`，`;` 表示“且”，`,` 表示“或”。以 `{` 开头时则为 Centrifuge 协议的 JSON。",
  "Whether a position that cannot be recovered is an error.": "无法恢复的位置是否视为错误。",
  "A key for this message, so that a repeated request publishes it once. Quotes around it are ignored.":
    "这条消息的幂等键，重复请求也只发布一次。两侧的引号会被忽略。",
  "Your name as other clients see it, unless a token names you. Not verified.": "其他客户端看到的昵称，未经验证；令牌中有名称时以令牌为准。",
  "Start after this position.": "从此位置之后开始。",
  "Start with this many of the last messages; not together with `since`.": "从最近的若干条消息开始，不能与 `since` 同时使用。",
  "Whether to include members, joins and leaves.": "是否包含成员列表以及加入、离开通知。",
  "The `id` of the last event; takes precedence over `since`. Browsers send it by themselves.":
    "最后一个事件的 `id`，优先于 `since`。浏览器会自动发送。",
  "The same for clients that cannot set headers; used if there is no such header. `lastEventID`, `Last-Event-ID`, `last_event_id` and `evs_last_event_id` are read too. An empty value is ignored.":
    "同上，供无法设置请求头的客户端使用；没有该请求头时才生效。也支持 `lastEventID`、`Last-Event-ID`、`last_event_id` 和 `evs_last_event_id`。空值会被忽略。",
  "Prefix of the names.": "名称前缀。",
  "Continue after this entry; `next` of the last response.": "从此项之后继续，取上次响应的 `next`。",
  "Maximum number of rooms in the response.": "响应中的房间数上限。",
  "Maximum number of members in the response.": "响应中的成员数上限。",
  "With `transport`, an error has its own status and is the whole body.": "设为 `transport` 时，错误以相应的状态码返回，响应体就是该错误。",
  "Whether publications have `time`, the time at which the server received them, in milliseconds since 1970.":
    "消息是否带有 `time`，即服务器收到消息的时间（自 1970 年起的毫秒数）。",
  "The command `connect`, as JSON.": "JSON 格式的 `connect` 命令。",
  "The content of the body, as JSON.": "JSON 格式的请求体内容。",
  "The encoding of the pushes: `json`, or `protobuf`, where each one follows its length.":
    "推送的编码：`json` 或 `protobuf`；使用 `protobuf` 时，每条推送之前是其长度。",

  // Responses.
  "Messages in order; none if nothing follows.": "按顺序排列的消息；没有新消息时为空。",
  "Published, with the position of the message.": "已发布，返回消息的位置。",
  "Dropped, because the room has seen the same or a newer version. The position is that of the newest message.":
    "已丢弃，因为房间已有相同或更新的版本。返回的是最新消息的位置。",
  "The version of what the message describes. If the room has seen the same or a newer version, the message is dropped. 0 is no version.":
    "消息所描述内容的版本。若房间已有相同或更新的版本，消息会被丢弃。0 表示没有版本。",
  "A version is compared only with versions of the same epoch, or with any if it has none.":
    "版本只与相同纪元的版本比较；没有纪元的版本与任何版本比较。",
  "If the room has seen the same or a newer version, the message is dropped.": "若房间已有相同或更新的版本，消息会被丢弃。",
  "Versions of different epochs are not compared.": "不同纪元的版本不作比较。",
  "Whether the message was dropped because of its version.": "消息是否因版本而被丢弃。",
  "Sent. The room has no log, so there is no position; the message may have had no receivers.":
    "已发送。房间没有日志，因此没有位置；也可能没有接收者。",
  "One result for each message, in order.": "按顺序给出每条消息的结果。",
  "An endless stream.": "持续不断的流。",
  "An endless stream with one JSON object per line, or in Protobuf like the request.": "持续不断的流，每行一个 JSON 对象；请求为 Protobuf 时同样使用 Protobuf。",
  "An endless stream with one JSON object per line, or in Protobuf.": "持续不断的流，每行一个 JSON 对象，或使用 Protobuf。",
  "The same in Protobuf.": "同上，使用 Protobuf。",
  "The response to Protobuf.": "对 Protobuf 请求的响应。",
  "Rooms, ordered by name.": "房间，按名称排序。",
  "The state of the room.": "房间的状态。",
  "Members, ordered by name.": "成员，按名称排序。",
  "The replies, one per line.": "回复，每行一个。",
  "The result, or an error.": "结果或错误。",
  "The node has received the commands. If the stream has ended, they are discarded.": "节点已收到命令。如果流已结束，命令会被丢弃。",
  "What the server accepts.": "服务器接受的登录方式。",
  "Whether `POST` issues tokens.": "`POST` 是否签发令牌。",
  "A token that is valid for ten minutes.": "有效期十分钟的令牌。",
  "The description of this HTTP API. `/api.html` shows it as a page.": "本 HTTP 接口的描述，`/api.html` 以页面形式显示。",
  "The same description, for programs that do not read YAML.": "相同的描述，供不支持 YAML 的程序使用。",
  "Another error.": "其他错误。",
  "Another error; in the mode `transport`, the error of the call.": "其他错误；`transport` 模式下为调用的错误。",
  "`position-not-recoverable`: the log no longer has everything after `since`.":
    "`position-not-recoverable`：日志中已不再保留 `since` 之后的全部消息。",
  "`not-found`: the node no longer exists.": "`not-found`：该节点已不存在。",
  "`not-found`: the option is off.": "`not-found`：未启用该选项。",

  // Examples.
  "Two messages follow": "其后有两条消息",
  "The position could not be recovered": "无法从该位置恢复",
  "GET /rooms, if identity.anonymous is false": "GET /rooms，identity.anonymous 为 false",
  "POST /rooms/news/messages with a user's token, if publish of the room is server":
    "用户携带令牌 POST /rooms/news/messages，而该房间的 publish 为 server",
  "POST /rooms/lobby/messages too often, if ratePerSecond of the room is 10":
    "POST /rooms/lobby/messages 过于频繁，该房间的 ratePerSecond 为 10",
  "POST /rooms/lobby/messages while the disk is full": "磁盘已满时的 POST /rooms/lobby/messages",
  "Any request while the node is stopping": "节点正在停止时的任何请求",
  "GET /rooms/lobby/messages while the log of the room cannot be reached": "无法访问房间日志时 GET /rooms/lobby/messages",
  "GET /rooms?prefix=… with 9000 characters": "GET /rooms?prefix=…，共 9000 个字符",
  "GET /rooms with a header of 9000 characters": "GET /rooms，带有 9000 个字符的请求头",
  "An error in the server, which its log describes": "服务器内部错误，详情见服务器日志",
  "POST /rooms/lobby/messages whose body does not arrive": "POST /rooms/lobby/messages，请求体一直未到达",
  "POST /rooms/lobby/messages with 65537 bytes": "POST /rooms/lobby/messages，请求体 65537 字节",
  "POST /rooms/lobby/messages with a used Idempotency-Key and another message":
    "POST /rooms/lobby/messages，Idempotency-Key 已用于另一条消息",
  "GET /rooms/quotes:ACME/members, if presence of the room is false": "GET /rooms/quotes:ACME/members，该房间的 presence 为 false",
  "POST /emulation for a node that has gone": "POST /emulation，目标节点已不存在",
  "POST /demo/login, if identity.demoLogin is off": "POST /demo/login，未启用 identity.demoLogin",

  // Properties.
  "Identifies a continuous sequence of offsets; opaque. `0` in rooms without a log.":
    "标识一段连续的 offset，不透明。没有日志的房间为 `0`。",
  "Your position after this response.": "本次响应之后的位置。",
  "Whether nothing is missing between `since` and these messages.": "`since` 与这些消息之间是否没有缺失。",
  "The offset of a message, or of the last message before a position.": "消息的 offset，或某位置之前最后一条消息的 offset。",
  "The message if it is binary, in Base64.": "消息为二进制时的内容，以 Base64 编码。",
  "Any bytes, in Base64 with padding; only in rooms with `allowBinary`.": "任意字节，以带填充的 Base64 编码；仅限设置了 `allowBinary` 的房间。",
  "Any bytes, only in rooms with `allowBinary`; otherwise 415.": "任意字节，仅限设置了 `allowBinary` 的房间；否则返回 415。",
  "JSON in Base64; in a room with `allowBinary`, any bytes in Base64: the message is binary.":
    "Base64 编码的 JSON；在设置了 `allowBinary` 的房间里，则为 Base64 编码的任意字节，消息为二进制。",
  "`binary`: a binary message; its `data` is Base64 and its `id` the position.": "`binary`：二进制消息；`data` 为 Base64，`id` 为位置。",
  "The message if it is text.": "消息为文本时的内容。",
  "The message if it is JSON: any value, as it was sent.": "消息为 JSON 时的内容：任意值，与发送时一致。",
  "When the server received it, UTC with milliseconds.": "服务器收到消息的时间，UTC，精确到毫秒。",
  "The name of the publisher, if there is one.": "发布者的名称（如果有）。",
  "What the message is about, if the publisher said so.": "消息的事件名称（如果发布者设置了）。",
  "The tags of the message, if it has any.": "消息的标签（如果有）。",
  "What the message is about, for readers. 1 to 200 characters without control characters.":
    "消息的事件名称，供读取方使用。1 到 200 个字符，不含控制字符。",
  "Values by name. A name has 1 to 64 bytes, a value at most 256 bytes.": "标签的名称和值。名称长 1 到 64 字节，值最长 256 字节。",
  "The ID of a connection that is not sent the message, such as the publisher's own.": "不接收此消息的连接的 ID，例如发布者自己的连接。",
  "Present if more messages follow.": "后面还有消息时出现。",
  "1 to 128 characters, letters and digits of any script and `._-:@#~+`, but not `.` or `..` alone. A zero-width joiner or non-joiner may follow a virama, or stand between two letters of one script whose letters join.":
    "1 到 128 个字符，可以是任何文字的字母和数字以及 `._-:@#~+`，但不能仅为 `.` 或 `..`。零宽连字符或零宽非连字符只能跟在 virama 之后，或位于同一种连写文字的两个字母之间。",
  "Any JSON value.": "任意 JSON 值。",
  "1 to 255 visible ASCII characters, for example a UUID.": "1 到 255 个可见 ASCII 字符，例如 UUID。",
  "The kind of error; its meaning never changes.": "错误的类型，含义永不改变。",
  "Connections on all nodes; missing if presence is off.": "所有节点上的连接数；关闭 presence 时没有此项。",
  "Distinct names among them; missing if presence is off.": "其中不同名称的数量；关闭 presence 时没有此项。",
  "The position of the last message; missing if there is no log.": "最后一条消息的位置；没有日志时没有此项。",
  "Messages in the log.": "日志中的消息数。",
  "Send it as `after` to get the rooms that follow.": "作为 `after` 发送，以获取后面的房间。",
  "Offset of the oldest message in the log.": "日志中最早一条消息的 offset。",
  "Total size of the messages in the log.": "日志中消息的总大小。",
  "How the room is configured.": "房间的配置。",
  "Whether any keys for tokens are configured.": "是否配置了验证令牌的密钥。",
  "Whether there is a demo login.": "是否提供演示登录。",
  "The URLs, without paths.": "各节点的 URL，不含路径。",
  "An answer may be used again for 5 s.": "响应可在 5 秒内重复使用。",
  "What this client may do in the room.": "此客户端在房间中的权限。",
  "Read past messages.": "读取历史消息。",
  "See the members.": "查看成员。",
  "The change made to each text before it is appended.": "文本写入日志前所做的转换。",
  "What a new subscriber gets first.": "新订阅者最先收到什么。",
  "What happens to a connection that falls behind.": "如何处理跟不上的连接。",
  "Id of the connection, assigned by the server.": "由服务器分配的连接 ID。",
  "The name of the member, if there is one.": "成员的名称（如果有）。",
  "Send it as `after` to get the members that follow.": "作为 `after` 发送，以获取后面的成员。",
  "Returned in the reply.": "在回复中原样返回。",
  "The same, encoded in Base64.": "同上，以 Base64 编码。",
  "Not supported in a room with a log: error 108.": "有日志的房间不支持：错误 108。",
  "Not supported: error 108.": "不支持：错误 108。",
  "Ignored; messages are delivered whole.": "忽略此项，消息总是完整投递。",
  "For people.": "供人阅读。",
  "Present if trying again may help.": "重试可能成功时出现。",
  "A negative number means as many as a response may hold.": "负数表示响应所能容纳的最大数量。",
  "`*` matches any characters.": "`*` 匹配任意字符。",
  "The user's name; the empty name means all clients without a name.": "用户名；空名称表示所有匿名客户端。",
  "Only this connection.": "仅此连接。",
  "Only the client with this session.": "仅此会话的客户端。",
  "`presence`, `force_recovery`, `force_push_join_leave`: each `{value: true}` or false.":
    "`presence`、`force_recovery`、`force_push_join_leave`：各为 `{value: true}` 或 false。",
  "Connections to keep.": "要保留的连接。",
  "Expiry in seconds since 1970; 0 for never.": "过期时间（自 1970 年起的秒数），0 表示永不过期。",
  "Rooms, and your positions in them.": "房间以及你在其中的位置。",
  "1 to 128 characters, no control characters.": "1 到 128 个字符，不含控制字符。",
  "Send it as a Bearer token, or as the parameter `token`.": "作为 Bearer 令牌或参数 `token` 发送。",

  // What is true of all operations.
  "Stentor is a real-time messaging server: a message published to a room reaches everyone in it, on every node of the cluster.":
    "Stentor 是实时消息服务器：发布到房间的消息会送达集群所有节点上该房间内的每个人。",
  "Positions": "位置",
  "Every message in a room has an **offset**; offsets are consecutive. A room's log has an **epoch**, which changes only if continuity cannot be proven, for example after all nodes were restarted. Together they are a **position**, written `epoch:offset`. It means \"I have everything up to and including this offset\" and is the same on every transport and node: a client can leave a WebSocket on one node and continue here, on another node.":
    "房间中的每条消息都有一个 **offset**，offset 连续递增。房间的日志有一个 **epoch**，只有在无法证明连续性时（例如所有节点都重启过）才会改变。两者合起来就是**位置**，写作 `epoch:offset`，含义是“到此 offset 为止（含）的消息我都有了”。位置在所有传输方式和所有节点上含义相同：客户端可以断开某个节点上的 WebSocket，然后在另一个节点上用 HTTP 继续。",
  "To resume, send your last position: `since=epoch:offset`, or the header `Last-Event-ID` for events. Either you get everything that follows, once and in order, or you get `recovered: false` and your new position. A partial recovery is never presented as a complete one. Positions are opaque: keep them as received and do not calculate with them.":
    "续传时发送最后的位置：`since=epoch:offset`，事件流则用请求头 `Last-Event-ID`。要么按顺序不重不漏地收到其后的全部消息，要么收到 `recovered: false` 和新的位置；部分恢复绝不会冒充完整恢复。位置是不透明的：请原样保存，不要对其进行计算。",
  "In rooms without a log (`history.messages` is 0) there are no positions, and delivery is at most once.":
    "没有日志的房间（`history.messages` 为 0）没有位置，消息最多投递一次。",
  "Retries and idempotency": "重试与幂等",
  "If the response to a publish does not arrive, send it again with the same `Idempotency-Key` (or `idempotencyKey` in a batch): the message appears once, and the response is the original one, including the position. The same key with a different body is refused with 422. A key is remembered as long as its message is in the room's log. GET requests can always be repeated. After 429 and 503, wait as many seconds as `Retry-After` says, plus a random time.":
    "如果没有收到发布请求的响应，请用相同的 `Idempotency-Key`（批量发布时为 `idempotencyKey`）重发：消息只会出现一次，响应与原来的相同，包括位置。相同的键配上不同的内容会以 422 拒绝。只要消息还在房间日志中，它的键就会被记住。GET 请求随时可以重试。收到 429 和 503 后，请等待 `Retry-After` 给出的秒数，再加一段随机时间。",
  "In rooms with the option `allowBinary` a message can also be binary. Readers of JSON find it in `base64`, event streams have an event `binary` with Base64 as its data, and WebSockets a binary message.":
    "在设置了 `allowBinary` 的房间里，消息也可以是二进制的。以 JSON 读取时，内容在 `base64` 中；事件流为 `binary` 事件，数据是 Base64；WebSocket 则收到二进制消息。",
  "Text and JSON": "文本与 JSON",
  "A message is text or JSON. Readers of plain text get a JSON string as its value, and other JSON as its source. Readers of JSON find text in `text`, and JSON in `data` as it was sent.":
    "消息是文本或 JSON。以纯文本读取时，JSON 字符串给出其值，其他 JSON 给出其源文本。以 JSON 读取时，文本在 `text` 中，JSON 原样放在 `data` 中。",
  "Errors": "错误",
  "Every error is `application/problem+json` (RFC 9457): `type` is stable and meant for programs, `detail` for people. Requests are validated against this document first; unknown parameters are ignored. HEAD is answered like GET, without a body.":
    "所有错误均为 `application/problem+json`（RFC 9457）：`type` 保持稳定，供程序判断；`detail` 供人阅读。请求先按本文档校验，未知参数会被忽略。HEAD 的响应与 GET 相同，但没有响应体。",
  "status": "状态码",
  "when": "原因",
  "a parameter, a header or the body does not match this description; `detail` names it, and `parameter` if it is a parameter":
    "参数、请求头或请求体不符合本描述；`detail` 会指出，若为参数，`parameter` 也会给出",
  "the room's name is too long, empty, or contains a character that is not allowed": "房间名过长、为空或包含不允许的字符",
  "a position does not have the form `epoch:offset`": "位置的格式不是 `epoch:offset`",
  "the body is not JSON, not UTF-8, or contains an unpaired surrogate": "请求体不是 JSON、不是 UTF-8，或包含不成对的代理项",
  "a token or key is required, or the given one is invalid": "需要令牌或密钥，或所给的无效",
  "this identity, or pages of this origin, are not allowed to do this": "此身份或此来源的页面无权执行该操作",
  "no such path": "路径不存在",
  "the room does not track its members": "房间不记录成员",
  "`Allow` lists the methods that the path supports": "`Allow` 列出该路径支持的方法",
  "`Accept` allows none of the available media types": "可提供的媒体类型均不被 `Accept` 接受",
  "the body did not arrive within `limits.bodySeconds`, 30 by default": "请求体未在 `limits.bodySeconds`（默认 30）秒内到达",
  "with `strict=true`; `since` is the given position, `position` the new one": "带 `strict=true` 时；`since` 是所给的位置，`position` 是新的位置",
  "the body or a message is too large": "请求体或消息过大",
  "the request line is longer than `limits.headerBytes`, 8192 by default": "请求行超过 `limits.headerBytes`（默认 8192）",
  "the body's media type, charset or encoding is not supported here": "不支持请求体的媒体类型、字符集或编码",
  "the idempotency key was used for a different message": "幂等键已用于另一条消息",
  "an unsupported WebSocket version was requested": "请求了不支持的 WebSocket 版本",
  "a rate limit is reached, or too many messages are waiting; `Retry-After`": "达到速率限制，或排队的消息过多；见 `Retry-After`",
  "the headers are longer than `limits.headerBytes`, 8192 by default": "请求头超过 `limits.headerBytes`（默认 8192）",
  "an error in the server; its log has the details, the response does not": "服务器内部错误；详情在服务器日志中，不在响应中",
  "this node is stopping; `Retry-After`, or use another node": "该节点正在停止；见 `Retry-After`，或改用其他节点",
  "a node cannot write to its data directory, so a room that is kept on disk accepts no messages; `Retry-After`":
    "某个节点无法写入其数据目录，因此保存在磁盘上的房间不接受消息；见 `Retry-After`",
  "the room's log cannot be reached, or a limit of the node is reached; `Retry-After`": "无法访问房间日志，或达到节点的限制；见 `Retry-After`",
  "OpenAPI does not describe WebSockets, so in short: `ws://host:9898/rooms/{room}` is a room, `ws://host:9898/` the room `lobby`. Each frame that you send is published, each frame that you receive is one message. `?since=epoch:offset` resumes, `?last=20` starts with the last 20 messages, `?name=` sets your name, `?echo=false` keeps your own messages from coming back. With the sub-protocol `stentor.cursor`, each text is preceded by its position and a newline. Requests to these paths without an upgrade are answered as their operations describe, or with the page.":
    "OpenAPI 不描述 WebSocket，简述如下：`ws://host:9898/rooms/{room}` 是一个房间，`ws://host:9898/` 是房间 `lobby`。发送的每一帧都会被发布，收到的每一帧都是一条消息。`?since=epoch:offset` 用于续传，`?last=20` 从最近 20 条消息开始，`?name=` 设置昵称，`?echo=false` 使自己发布的消息不再返回给自己。使用子协议 `stentor.cursor` 时，每条文本前有其位置和一个换行符。对这些路径的普通请求（未要求升级）按相应接口的描述应答，或返回页面。",
  "WebSockets": "WebSocket",
  "Keys and tokens": "密钥与令牌",
  "Rooms may allow publishing or reading only to known clients. A server sends its API key as `Authorization: Bearer KEY` or `X-API-Key: KEY`; browsers should not have one. A user sends a token (JWT) as `Authorization: Bearer TOKEN`, or, for WebSockets and event streams of a browser, as `?token=TOKEN`. A token is verified even if the request needs none. When it expires, the connection is closed with 3005.":
    "房间可以只允许已知的客户端发布或读取。服务端以 `Authorization: Bearer KEY` 或 `X-API-Key: KEY` 发送 API 密钥；浏览器不应持有密钥。用户以 `Authorization: Bearer TOKEN` 发送令牌（JWT），浏览器的 WebSocket 和事件流则用 `?token=TOKEN`。即使请求不需要令牌，携带的令牌也会被验证。令牌过期时，连接以 3005 关闭。",
};
