using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Tandem.Web.Live;

namespace Tandem.Web.Tests.Access;

/// <summary>A page's live connection, spoken as the wire has it, so that anything can be said on it.</summary>
internal sealed class HubClient : IDisposable
{
    private const char End = '\u001e';
    private readonly ClientWebSocket _socket = new();
    private readonly Queue<string> _received = new();
    private int _calls;

    /// <summary>Every message that came, whole.</summary>
    public List<string> Heard { get; } = [];

    public static async Task<HubClient> OpenAsync(TandemServer server, string? token)
    {
        var client = new HubClient();
        if (token is not null)
        {
            client._socket.Options.SetRequestHeader("Authorization", "Bearer " + token);
        }

        await client._socket.ConnectAsync(new UriBuilder(server.Address) { Scheme = "ws", Path = LiveServiceCollectionExtensions.Path }.Uri, Http.Cancelled);
        await client.SendAsync("""{"protocol":"json","version":1}""");
        await client.NextAsync();
        return client;
    }

    public Task SendAsync(string message) => _socket.SendAsync(Encoding.UTF8.GetBytes(message + End), WebSocketMessageType.Text, true, Http.Cancelled);

    /// <summary>Calls a method and waits for its answer.</summary>
    /// <param name="method">The method.</param>
    /// <param name="arguments">Its arguments as an array of JSON.</param>
    /// <returns>The answer, or null when the server closed the connection.</returns>
    public async Task<JsonElement?> CallAsync(string method, string arguments)
    {
        var id = (++_calls).ToString(System.Globalization.CultureInfo.InvariantCulture);
        try
        {
            await SendAsync($$"""{"type":1,"invocationId":"{{id}}","target":"{{method}}","arguments":{{arguments}}}""");
        }
        catch (WebSocketException)
        {
            // A connection that the server closes after the call before is sometimes noticed by the next one alone.
            return null;
        }

        while (await NextAsync() is { } text)
        {
            using var message = JsonDocument.Parse(text);
            if (message.RootElement.TryGetProperty("invocationId", out var of) && of.GetString() == id)
            {
                return message.RootElement.Clone();
            }
        }

        return null;
    }

    /// <summary>The next message; null when the connection is closed.</summary>
    public async Task<string?> NextAsync()
    {
        using var text = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (_received.Count == 0)
        {
            WebSocketReceiveResult got;
            try
            {
                got = await _socket.ReceiveAsync(buffer, Http.Cancelled).WaitAsync(TimeSpan.FromSeconds(30), Http.Cancelled);
            }
            catch (WebSocketException)
            {
                return null;
            }

            if (got.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            await text.WriteAsync(buffer.AsMemory(0, got.Count), Http.Cancelled);
            if (got.EndOfMessage)
            {
                foreach (var message in Encoding.UTF8.GetString(text.ToArray()).Split(End, StringSplitOptions.RemoveEmptyEntries))
                {
                    _received.Enqueue(message);
                    Heard.Add(message);
                }

                text.SetLength(0);
            }
        }

        return _received.Dequeue();
    }

    public void Dispose() => _socket.Dispose();
}
