using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Tandem.Web.Tests.Streams;

/// <summary>Reads a stream of changes as a program would.</summary>
internal sealed class EventReader : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly IAsyncEnumerator<SseItem<string>> _items;
    private readonly SseParser<string> _parser;

    private EventReader(HttpResponseMessage response, SseParser<string> parser)
    {
        (_response, _parser) = (response, parser);
        _items = parser.EnumerateAsync(Http.Cancelled).GetAsyncEnumerator(Http.Cancelled);
    }

    public string LastEventId => _parser.LastEventId;

    public static async Task<EventReader> OpenAsync(HttpClient client, string address, string? lastEventId = null)
    {
        var response = await client.SendAsync("GET", address, headers: lastEventId is null ? [] : [("Last-Event-ID", lastEventId)]);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return new EventReader(response, SseParser.Create(await response.Content.ReadAsStreamAsync(Http.Cancelled)));
    }

    /// <summary>The next event, or null at the end.</summary>
    public async Task<(string Type, JsonElement Data)?> NextAsync()
    {
        try
        {
            return await _items.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(5), Http.Cancelled)
                ? (_items.Current.EventType, JsonDocument.Parse(_items.Current.Data).RootElement)
                : null;
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return null;
        }
    }

    public ValueTask DisposeAsync()
    {
        _response.Dispose();
        return ValueTask.CompletedTask;
    }
}
