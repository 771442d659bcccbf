// Command client is the SDK for Go, told on the standard input what to do: client URL CODEC.
//
// CODEC is json or protobuf. Each command and each event is a line; see OtherSdksIT.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/centrifugal/centrifuge-go"
)

var output sync.Mutex

func tell(words ...any) {
	output.Lock()
	defer output.Unlock()
	fmt.Println(words...)
}

func newClient(url, codec string, tokens []string) *centrifuge.Client {
	config := centrifuge.Config{MaxReconnectDelay: 500 * time.Millisecond, EnableCompression: true}
	if len(tokens) > 0 {
		config.Token = tokens[0]
		tokens = tokens[1:]
	}
	if len(tokens) > 0 {
		config.GetToken = func(centrifuge.ConnectionTokenEvent) (string, error) {
			tell("token")
			next := tokens[0]
			if len(tokens) > 1 {
				tokens = tokens[1:]
			}
			return next, nil
		}
	}
	create := centrifuge.NewJsonClient
	if codec == "protobuf" {
		create = centrifuge.NewProtobufClient
	}
	client := create(url, config)
	client.OnConnected(func(centrifuge.ConnectedEvent) { tell("connected") })
	client.OnConnecting(func(event centrifuge.ConnectingEvent) { tell("connecting", event.Code) })
	client.OnDisconnected(func(event centrifuge.DisconnectedEvent) { tell("disconnected", event.Code, event.Reason) })
	return client
}

func subscribe(client *centrifuge.Client, room, token string) error {
	config := centrifuge.SubscriptionConfig{Token: token, JoinLeave: true, Recoverable: true}
	if strings.HasPrefix(room, "delta:") {
		config.Delta = centrifuge.DeltaTypeFossil
	}
	subscription, err := client.NewSubscription(room, config)
	if err != nil {
		return err
	}
	subscription.OnSubscribed(func(event centrifuge.SubscribedEvent) {
		tell("subscribed", room, event.WasRecovering, event.Recovered)
	})
	subscription.OnUnsubscribed(func(event centrifuge.UnsubscribedEvent) { tell("unsubscribed", room, event.Code) })
	subscription.OnPublication(func(event centrifuge.PublicationEvent) {
		tell("publication", room, event.Offset, string(event.Data))
	})
	subscription.OnJoin(func(event centrifuge.JoinEvent) { tell("join", room, event.User) })
	subscription.OnLeave(func(event centrifuge.LeaveEvent) { tell("leave", room, event.User) })
	return subscription.Subscribe()
}

func history(client *centrifuge.Client, room, limit string) error {
	count, err := strconv.Atoi(limit)
	if err != nil {
		return err
	}
	result, err := client.History(context.Background(), room, centrifuge.WithHistoryLimit(int32(count)))
	if err != nil {
		return err
	}
	line := []string{"history"}
	for _, one := range result.Publications {
		line = append(line, fmt.Sprintf("%d:%s", one.Offset, one.Data))
	}
	tell(strings.Join(line, " "))
	return nil
}

func presence(client *centrifuge.Client, room string) error {
	result, err := client.Presence(context.Background(), room)
	if err != nil {
		return err
	}
	stats, err := client.PresenceStats(context.Background(), room)
	if err != nil {
		return err
	}
	users := []string{}
	for _, one := range result.Clients {
		users = append(users, one.User)
	}
	sort.Strings(users)
	tell("presence", stats.NumClients, stats.NumUsers, strings.Join(users, ","))
	return nil
}

func main() {
	url, codec := os.Args[1], os.Args[2]
	var client *centrifuge.Client
	lines := bufio.NewScanner(os.Stdin)
	tell("ready")
	for lines.Scan() {
		words := strings.SplitN(lines.Text(), " ", 3)
		var err error
		switch words[0] {
		case "connect":
			client = newClient(url, codec, strings.Fields(lines.Text())[1:])
			err = client.Connect()
		case "subscribe":
			err = subscribe(client, words[1], strings.Join(words[2:], ""))
		case "publish":
			if _, err = client.Publish(context.Background(), words[1], []byte(words[2])); err == nil {
				tell("published", words[1])
			}
		case "history":
			err = history(client, words[1], words[2])
		case "presence":
			err = presence(client, words[1])
		}
		var refused *centrifuge.Error
		if errors.As(err, &refused) {
			tell("error", refused.Code)
		} else if err != nil {
			tell("failed", err)
		}
	}
}
