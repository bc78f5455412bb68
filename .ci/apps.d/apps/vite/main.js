import { text } from './text.js'

const show = said => { document.getElementById('text').textContent = said }
show(text)
import.meta.hot.accept('./text.js', changed => show(changed.text))
