using Tandem.Cli.Tests.Http;

namespace Tandem.Cli.Tests.Together;

/// <summary>Follows a stream and leaves it again and again, going on at any node from the last event it took.</summary>
internal sealed class RestlessListener(IReadOnlyList<Uri> nodes, string path, Random dice) : IDisposable
{
    private readonly EventReader _reader = new(path);

    public List<StreamEvent> Heard { get; } = [];

    public int Connections { get; private set; }

    public Task ConnectAsync()
    {
        Connections++;
        return _reader.ConnectAsync(nodes[dice.Next(nodes.Count)]);
    }

    /// <summary>Listens until a change sets any field to a value.</summary>
    public async Task ListenAsync(string last)
    {
        for (var until = 0; ; )
        {
            var next = await _reader.NextAsync();
            if (next is not null)
            {
                Assert.Equal("change", next.Kind);
                Heard.Add(next);
                if (next.Data["after"]!.AsObject().Any(a => a.Value?.ToString() == last))
                {
                    return;
                }
            }

            if (next is null || Heard.Count >= until)
            {
                await ConnectAsync();
                until = Heard.Count + dice.Next(1, 60);
            }
        }
    }

    public void Dispose() => _reader.Dispose();
}
