using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Tandem.Browser.Tests.Running;

/// <summary>The wire between a browser and a server, which can be cut.</summary>
internal sealed class Wire : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly ConcurrentDictionary<TcpClient, bool> _open = new();
    private readonly Uri _to;
    private readonly Task _running;
    private volatile bool _isCut;

    public Wire(Uri to)
    {
        _to = to;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _running = RunAsync();
    }

    /// <summary>The server's address through the wire.</summary>
    public Uri Address { get; }

    /// <summary>Kills every connection and lets no new one through.</summary>
    public void Cut()
    {
        _isCut = true;
        foreach (var client in _open.Keys)
        {
            // Without a farewell: the other side hears nothing but a reset. What is closed already has no socket any more.
            client.Client?.Close(0);
        }
    }

    public void Mend() => _isCut = false;

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Dispose();
        Cut();
        await _running;
        _ending.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptTcpClientAsync(_ending.Token);
                _ = PassAsync(client);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task PassAsync(TcpClient client)
    {
        using (client)
        {
            if (_isCut)
            {
                return;
            }

            using var server = new TcpClient();
            (_open[client], _open[server]) = (true, true);
            try
            {
                await server.ConnectAsync(_to.Host, _to.Port, _ending.Token);
                await Task.WhenAny(client.GetStream().CopyToAsync(server.GetStream(), _ending.Token), server.GetStream().CopyToAsync(client.GetStream(), _ending.Token));
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // Cut, or one side went.
            }
            finally
            {
                _open.TryRemove(client, out _);
                _open.TryRemove(server, out _);
            }
        }
    }
}
