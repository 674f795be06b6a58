using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Tandem.Tables;

namespace Tandem.Web.SignIn;

/// <summary>
/// The key that cookies and form tokens are protected with. It is kept in the database, so every node on that database
/// accepts what another gave out, and a restart signs nobody out. The node that starts first makes the key; when two
/// start at once, the first to store it wins and the other takes the winner's. Where nothing may be written, the key lives
/// as long as the process.
/// </summary>
/// <remarks>It is loaded before anything is protected, so the synchronous calls of data protection never wait for the database.</remarks>
internal sealed class SigningKeys(Func<IKeyManager> manager, TimeProvider clock) : IXmlRepository
{
    private const string Setting = "data-protection";
    private const int Years = 50;
    private readonly Lock _lock = new();
    private List<XElement> _elements = [];

    public async Task LoadAsync(IDatabase database, CancellationToken cancellationToken)
    {
        var kept = await database.ReadSettingAsync(Setting, cancellationToken);
        if (kept is null)
        {
            var now = clock.GetUtcNow();
            manager().CreateNewKey(now, now.AddYears(Years));
            if (database.IsReadOnly)
            {
                return;
            }

            kept = await database.KeepSettingAsync(Setting, Write(), cancellationToken);
        }

        var elements = XElement.Parse(kept).Elements().ToList();
        lock (_lock)
        {
            _elements = elements;
        }
    }

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        lock (_lock)
        {
            return [.. _elements.Select(e => new XElement(e))];
        }
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        lock (_lock)
        {
            _elements.Add(new XElement(element));
        }
    }

    private string Write()
    {
        lock (_lock)
        {
            return new XElement("keys", _elements).ToString(SaveOptions.DisableFormatting);
        }
    }
}
