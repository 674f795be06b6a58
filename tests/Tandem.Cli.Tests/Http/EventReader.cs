using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Tandem.Cli.Tests.Processes;

namespace Tandem.Cli.Tests.Http;

/// <summary>One event of a stream.</summary>
internal sealed record StreamEvent(string Id, string Kind, JsonObject Data)
{
    public long Sequence => (long)Data["sequence"]!;
}

/// <summary>Reads server-sent events as a browser does, and goes on from the last one when told to connect again.</summary>
internal sealed class EventReader(string path, string token = TandemProcess.AdministratorToken) : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = Timeout.InfiniteTimeSpan };
    private StreamReader? _lines;

    public string? LastEventId { get; private set; }

    /// <summary>Connects; afterwards nothing that happens is missed.</summary>
    public async Task ConnectAsync(Uri address)
    {
        _lines?.Dispose();
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (LastEventId is not null)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", LastEventId);
        }

        var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, $"The stream answers {answer.StatusCode}.");
        _lines = new StreamReader(await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        // The stream opens by saying where it stands.
        Assert.Null(await BlockAsync());
        Assert.NotNull(LastEventId);
    }

    /// <summary>The next event, or null when the stream ended.</summary>
    public async Task<StreamEvent?> NextAsync()
    {
        while (true)
        {
            try
            {
                if (await BlockAsync() is { } found)
                {
                    return found;
                }
            }
            catch (EndOfStreamException)
            {
                return null;
            }
            catch (Exception e) when (e is IOException or HttpRequestException)
            {
                // The server was killed.
                return null;
            }
        }
    }

    /// <summary>Reads on until a change passes the test.</summary>
    public Task<StreamEvent> UntilAsync(double seconds, Func<StreamEvent, bool> test, string what) => Within.SecondsAsync(seconds, FindAsync(test), () => what);

    public void Dispose()
    {
        _lines?.Dispose();
        _http.Dispose();
    }

    private async Task<StreamEvent> FindAsync(Func<StreamEvent, bool> test)
    {
        while (await NextAsync() is { } next)
        {
            if (test(next))
            {
                return next;
            }
        }

        throw new EndOfStreamException("The stream ended.");
    }

    private async Task<StreamEvent?> BlockAsync()
    {
        var (id, kind, data) = (LastEventId, "message", new StringBuilder());
        while (await _lines!.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.Length == 0)
            {
                LastEventId = id;
                return data.Length == 0 ? null : new StreamEvent(id!, kind, JsonNode.Parse(data.ToString())!.AsObject());
            }

            if (line.StartsWith("id: ", StringComparison.Ordinal))
            {
                id = line[4..];
            }
            else if (line.StartsWith("event: ", StringComparison.Ordinal))
            {
                kind = line[7..];
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                data.Append(CultureInfo.InvariantCulture, $"{(data.Length > 0 ? "\n" : "")}{line[6..]}");
            }
            else
            {
                Assert.StartsWith(":", line, StringComparison.Ordinal);
            }
        }

        throw new EndOfStreamException();
    }
}
