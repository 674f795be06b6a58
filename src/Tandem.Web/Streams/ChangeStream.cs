using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Tandem.Changes;
using Tandem.Schema;
using Tandem.Web.Rest;

namespace Tandem.Web.Streams;

/// <summary>
/// One reader's stream. It walks the feed at the reader's own pace: while a write waits for the reader, nothing queues up,
/// since the feed reads again from the journal what the reader missed. Every event carries the cursor behind it; a
/// heartbeat carries the newest cursor reached, so a quiet table's reader can still go on after a long time.
/// </summary>
internal sealed partial class ChangeStream(ApiCall call, IReadOnlyCollection<string> tables, TimeProvider clock, ILogger<ChangeStream> logger)
{
    private static readonly TimeSpan s_heartbeat = TimeSpan.FromSeconds(15);
    private readonly ArrayBufferWriter<byte> _json = new(512);
    private readonly ArrayBufferWriter<byte> _data = new(512);

    public async Task RunAsync(Cursor? after, CancellationToken cancellationToken)
    {
        var response = call.Http.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        call.Http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        var feed = call.App.Database.Feed;
        var from = after ?? feed.Current;
        await WriteAsync($": following\nid: {from}\n\n", cancellationToken);
        while (true)
        {
            try
            {
                await FollowAsync(feed, from, cancellationToken);
                return;
            }
            catch (CursorExpiredException)
            {
                from = feed.Current;
                await WriteAsync($"id: {from}\nevent: reset\ndata: {{\"cursor\":{JsonSerializer.Serialize(from.Value)}}}\n\n", cancellationToken);
            }
            catch (TandemException e)
            {
                // The reader connects again and goes on from its last event.
                LogEnded(e);
                return;
            }
        }
    }

    private async Task FollowAsync(IChangeFeed feed, Cursor from, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reader = feed.ReadAsync(from, stop.Token).GetAsyncEnumerator(stop.Token);
        Task<bool>? next = null;
        try
        {
            var reached = from;
            while (true)
            {
                next ??= reader.MoveNextAsync().AsTask();
                if (!next.IsCompleted)
                {
                    await call.Http.Response.BodyWriter.FlushAsync(cancellationToken);
                }

                try
                {
                    await next.WaitAsync(s_heartbeat, clock, cancellationToken);
                }
                catch (TimeoutException)
                {
                    await WriteAsync($": here\nid: {reached}\n\n", cancellationToken);
                    continue;
                }

                if (!await next)
                {
                    return;
                }

                next = null;
                foreach (var change in reader.Current)
                {
                    await SendAsync(change, cancellationToken);
                    reached = change.Cursor;
                }
            }
        }
        finally
        {
            await stop.CancelAsync();
            await EndAsync(reader, next);
        }
    }

    /// <summary>An enumerator may only be disposed once its last step is over.</summary>
    private static async Task EndAsync(IAsyncEnumerator<IReadOnlyList<Change>> reader, Task<bool>? step)
    {
        if (step is not null)
        {
            await ((Task)step).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await reader.DisposeAsync();
    }

    private async Task SendAsync(Change change, CancellationToken cancellationToken)
    {
        if (!tables.Contains(change.Table) || call.Http.GetTandemUser() is not { } user)
        {
            return;
        }

        // Rights are asked for each change: they may be others than when the stream began.
        var database = call.App.For(user);
        foreach (var heard in await database.SeenAsync([change], cancellationToken))
        {
            Write(database.Look(heard.Table)!.Schema, heard);
            await call.Http.Response.BodyWriter.WriteAsync(_data.WrittenMemory, cancellationToken);
        }
    }

    private void Write(TableSchema schema, Change change)
    {
        _json.ResetWrittenCount();
        using (var writer = new Utf8JsonWriter(_json, RecordJson.Options))
        {
            ChangeJson.Write(writer, schema, change);
        }

        _data.ResetWrittenCount();
        _data.Write(Encoding.UTF8.GetBytes($"id: {change.Cursor}\nevent: change\n"));
        // JSON fields stand as they were stored, line breaks included; each line of an event says that it is data.
        var rest = _json.WrittenSpan;
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOfAny((byte)'\n', (byte)'\r');
            _data.Write("data: "u8);
            _data.Write(end < 0 ? rest : rest[..end]);
            _data.Write("\n"u8);
            rest = end < 0 ? default : rest[(end + 1)..];
        }

        _data.Write("\n"u8);
    }

    private async Task WriteAsync(string text, CancellationToken cancellationToken)
    {
        await call.Http.Response.WriteAsync(text, cancellationToken);
        await call.Http.Response.BodyWriter.FlushAsync(cancellationToken);
    }

    [LoggerMessage(1200, LogLevel.Warning, "A stream of changes ended early; its reader will go on from its last event")]
    private partial void LogEnded(Exception cause);
}
