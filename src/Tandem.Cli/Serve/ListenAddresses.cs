using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace Tandem.Cli.Serve;

/// <summary>Looks at the addresses to listen on before anything is opened or made.</summary>
internal static class ListenAddresses
{
    /// <returns>What cannot be read, in one line, or null.</returns>
    public static string? FindMalformed(string urls) => Split(urls).FirstOrDefault(u => !IsAddress(u)) is { } wrong
        ? $"'{wrong}' is no address to listen on. Write --urls {ServeOptions.DefaultUrl}."
        : null;

    /// <returns>What cannot be listened on, in one line, or null.</returns>
    public static string? FindTaken(string urls)
    {
        foreach (var url in Split(urls))
        {
            var address = BindingAddress.Parse(url);
            if (address.IsUnixPipe || address.Port == 0)
            {
                continue;
            }

            if (!IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip))
            {
                ip = address.Host == "localhost" ? IPAddress.Loopback : IPAddress.Any;
            }

            try
            {
                using var probe = new TcpListener(ip, address.Port);
                probe.Start();
            }
            catch (SocketException e)
            {
                return e.SocketErrorCode switch
                {
                    SocketError.AccessDenied => $"Port {address.Port} may not be used by this user. Choose one above 1024 with --urls.",
                    SocketError.AddressAlreadyInUse =>
                        $"Port {address.Port} is taken. Choose another with --urls, such as --urls http://127.0.0.1:{(address.Port < IPEndPoint.MaxPort ? address.Port + 1 : 5080)}.",
                    _ => $"'{url}' is not an address of this machine. Choose another with --urls.",
                };
            }
        }

        return null;
    }

    private static IEnumerable<string> Split(string urls) => urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).DefaultIfEmpty("");

    private static bool IsAddress(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            return address.Scheme is "http" or "https" && (address.IsUnixPipe || address.Port is >= IPEndPoint.MinPort and <= IPEndPoint.MaxPort);
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
