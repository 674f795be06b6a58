using System.Text.Json;

namespace Tandem.Browser.Tests.Running;

/// <summary>A page's live connection on which messages of one kind may be held up while others pass.</summary>
internal sealed class LateLine
{
    private const char End = '\u001e';
    private readonly Lock _lock = new();
    private readonly string _late;
    private readonly Queue<string> _held = [];
    private readonly List<(string Method, string Field)> _said = [];
    private readonly TaskCompletionSource _anyHeld = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<(string Method, string Field, TaskCompletionSource Heard)> _awaited = [];
    private IWebSocketRoute? _page;
    private bool _isHolding;

    private LateLine(string late) => _late = late;

    /// <summary>What the page said of fields since messages were held up, in order.</summary>
    public IReadOnlyList<string> Said
    {
        get
        {
            lock (_lock)
            {
                return [.. _said.Select(s => $"{s.Method} {s.Field}")];
            }
        }
    }

    /// <summary>Stands between a page that is opened next and its server.</summary>
    /// <param name="page">The page.</param>
    /// <param name="late">The messages that may be late.</param>
    public static async Task<LateLine> BetweenAsync(IPage page, string late)
    {
        var line = new LateLine(late);
        await page.RouteWebSocketAsync("**/*", line.Connect);
        return line;
    }

    public void Hold()
    {
        lock (_lock)
        {
            _isHolding = true;
            _said.Clear();
        }
    }

    /// <summary>Waits until a message is held up.</summary>
    public Task HeldAsync() => _anyHeld.Task.WaitAsync(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken);

    /// <summary>What was held up goes on its way.</summary>
    public void LetGo()
    {
        lock (_lock)
        {
            _isHolding = false;
            while (_held.TryDequeue(out var message))
            {
                _page!.Send(message);
            }
        }
    }

    /// <summary>Waits until the page says something of a field.</summary>
    public Task SaidAsync(string method, string field)
    {
        lock (_lock)
        {
            var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited.Add((method, field, heard));
            Answer();
            return heard.Task.WaitAsync(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken);
        }
    }

    private void Connect(IWebSocketRoute page)
    {
        _page = page;
        var server = page.ConnectToServer();
        page.OnMessage(frame =>
        {
            Note(frame.Text ?? "");
            server.Send(frame.Text ?? "");
        });
        server.OnMessage(frame =>
        {
            foreach (var message in (frame.Text ?? "").Split(End, StringSplitOptions.RemoveEmptyEntries))
            {
                Pass(message + End);
            }
        });
    }

    private void Pass(string message)
    {
        lock (_lock)
        {
            if (!_isHolding || !message.Contains($"\"target\":\"{_late}\"", StringComparison.Ordinal))
            {
                _page!.Send(message);
                return;
            }

            _held.Enqueue(message);
            _anyHeld.TrySetResult();
        }
    }

    private void Note(string frame)
    {
        foreach (var message in frame.Split(End, StringSplitOptions.RemoveEmptyEntries))
        {
            using var said = JsonDocument.Parse(message);
            if (said.RootElement.TryGetProperty("target", out var target) && target.GetString() is "Enter" or "Leave")
            {
                lock (_lock)
                {
                    _said.Add((target.GetString()!, said.RootElement.GetProperty("arguments")[2].GetString()!));
                    Answer();
                }
            }
        }
    }

    private void Answer()
    {
        foreach (var awaited in _awaited.Where(a => _said.Contains((a.Method, a.Field))))
        {
            awaited.Heard.TrySetResult();
        }
    }
}
