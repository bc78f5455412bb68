export default { base: '/vite/' }
