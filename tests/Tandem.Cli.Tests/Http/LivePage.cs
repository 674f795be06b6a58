using System.Net.WebSockets;
using System.Text;
using Tandem.Cli.Tests.Processes;

namespace Tandem.Cli.Tests.Http;

/// <summary>An open page's live connection: negotiated, upgraded and greeted as the page's script does.</summary>
internal sealed class LivePage : IDisposable
{
    private readonly ClientWebSocket _socket = new();

    public static async Task<LivePage> OpenAsync(Uri address)
    {
        const string Path = "/_tandem/live";
        var page = new LivePage();
        using var http = new HttpClient { BaseAddress = address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", TandemProcess.AdministratorToken);
        using var negotiated = await http.PostAsync($"{Path}/negotiate?negotiateVersion=1", null, TestContext.Current.CancellationToken);
        Assert.True(negotiated.IsSuccessStatusCode, $"negotiate answers {negotiated.StatusCode}");
        var token = (string)(await ApiClient.BodyAsync(negotiated))["connectionToken"]!;
        page._socket.Options.SetRequestHeader("Authorization", "Bearer " + TandemProcess.AdministratorToken);
        await page._socket.ConnectAsync(new UriBuilder(address) { Scheme = "ws", Path = Path, Query = "id=" + token }.Uri, TestContext.Current.CancellationToken);
        await page._socket.SendAsync(Encoding.UTF8.GetBytes("{\"protocol\":\"json\",\"version\":1}\u001e"), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);
        var buffer = new byte[1024];
        var greeted = await page._socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
        Assert.StartsWith("{}\u001e", Encoding.UTF8.GetString(buffer, 0, greeted.Count), StringComparison.Ordinal);
        return page;
    }

    public void Dispose() => _socket.Dispose();
}
