using System.Buffers;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Tandem.Bench.Opened;

/// <summary>An open page without a browser: it connects, registers and notes when a text comes.</summary>
internal sealed class SimulatedPage : IAsyncDisposable
{
    private const string Path = "/_tandem/live";
    private const char End = '\u001e';
    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _ending = new();
    private Task _reading = Task.CompletedTask;
    private volatile Waiting? _waiting;

    private sealed record Waiting(string Text, TaskCompletionSource<long> Heard);

    /// <summary>Connects, and no more.</summary>
    public static async Task<SimulatedPage> OpenAsync(ServedDatabase served)
    {
        var page = new SimulatedPage();
        using var negotiated = await served.Http.PostAsync($"{Path}/negotiate?negotiateVersion=1", null);
        var token = (await negotiated.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("connectionToken").GetString();
        page._socket.Options.SetRequestHeader("Authorization", "Bearer " + ServedDatabase.Token);
        await page._socket.ConnectAsync(new UriBuilder(served.Address) { Scheme = "ws", Path = Path, Query = "id=" + token }.Uri, default);
        await page.SendAsync("""{"protocol":"json","version":1}""");
        page._reading = page.ReadAsync();
        return page;
    }

    /// <summary>Registers a list of records, as a page of a hundred rows does: one message.</summary>
    public Task RegisterAsync(string table, IEnumerable<long> keys) => SendAsync(JsonSerializer.Serialize(new
    {
        type = 1,
        target = "Register",
        arguments = new object[] { new { cursor = "", add = new[] { new { id = "p1", table, keys = keys.Select(k => k.ToString(System.Globalization.CultureInfo.InvariantCulture)), whole = true } } } },
    }));

    /// <summary>Arms the page for a text.</summary>
    /// <returns>When it came, as a timestamp.</returns>
    public Task<long> HearAsync(string text)
    {
        var heard = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting = new Waiting(text, heard);
        return heard.Task;
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _reading;
        _socket.Dispose();
        _ending.Dispose();
    }

    private Task SendAsync(string message) => _socket.SendAsync(Encoding.UTF8.GetBytes(message + End), WebSocketMessageType.Text, true, default);

    private async Task ReadAsync()
    {
        var buffer = new ArrayBufferWriter<byte>(16 * 1024);
        try
        {
            while (true)
            {
                var read = await _socket.ReceiveAsync(buffer.GetMemory(4096), _ending.Token);
                var at = Stopwatch.GetTimestamp();
                buffer.Advance(read.Count);
                if (!read.EndOfMessage)
                {
                    continue;
                }

                if (_waiting is { } waiting && Encoding.UTF8.GetString(buffer.WrittenSpan).Contains(waiting.Text, StringComparison.Ordinal))
                {
                    waiting.Heard.TrySetResult(at);
                }

                buffer.ResetWrittenCount();
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            // The page is closed.
        }
    }
}
