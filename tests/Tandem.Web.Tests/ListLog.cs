using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Tandem.Web.Tests;

/// <summary>A log that keeps what it is told.</summary>
public sealed class ListLog : ILoggerProvider, ILogger
{
    public ConcurrentQueue<string> Entries { get; } = [];

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Entries.Enqueue($"{formatter(state, exception)} {exception}");

    public void Dispose()
    {
        // Entries are read after the server is gone.
    }
}
