using System.Diagnostics.Tracing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Tandem.Web.Hosting;

/// <summary>Logs every blocking wait on a task that is made while a request is answered. Costs time: a switch for development.</summary>
internal sealed partial class BlockingCallWatch(ILogger<BlockingCallWatch> logger) : IDisposable
{
    private static readonly AsyncLocal<string?> s_request = new();
    private Listener? _listener;

    public void Start() => _listener ??= new Listener(this);

    /// <summary>Marks what runs from here on as the answer to a request.</summary>
    public void Mark(HttpContext context)
    {
        if (_listener is not null)
        {
            s_request.Value = $"{context.Request.Method} {context.Request.Path}";
        }
    }

    public void Dispose() => _listener?.Dispose();

    private void OnWait()
    {
        if (s_request.Value is { } request)
        {
            LogBlocked(request, Environment.StackTrace);
        }
    }

    [LoggerMessage(1010, LogLevel.Warning, "A thread blocks on a task while answering {Request}. Await it instead.\n{Stack}")]
    private partial void LogBlocked(string request, string stack);

    private sealed class Listener(BlockingCallWatch watch) : EventListener
    {
        private const int TaskWaitBegin = 10;
        private const int Synchronous = 1;
        private const EventKeywords Tasks = (EventKeywords)0x2;

        protected override void OnEventSourceCreated(EventSource source)
        {
            if (source.Name == "System.Threading.Tasks.TplEventSource")
            {
                EnableEvents(source, EventLevel.Informational, Tasks);
            }
        }

        protected override void OnEventWritten(EventWrittenEventArgs data)
        {
            // Payload: scheduler, waiting task, awaited task, behaviour (synchronous or asynchronous), continuation.
            if (data.EventId == TaskWaitBegin && data.Payload is { Count: > 3 } payload && payload[3] is Synchronous)
            {
                watch.OnWait();
            }
        }
    }
}
